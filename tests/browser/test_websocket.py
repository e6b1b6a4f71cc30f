"""The websocket example through its page: a browser's token travels as a subprotocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PASSWORD
from tests.examples.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CREDENTIALS = {"email": "ada@example.com", "password": PASSWORD}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of the running example."""
    with served("examples.websocket:app", directory=tmp_path_factory.mktemp("websocket")) as origin:
        yield origin


def test_the_page_logs_in_and_is_echoed(page: Page, post: Callable[..., tuple[int, dict[str, object]]]):
    """The form logs in, opens the websocket and shows what came back."""  # ASGI-03
    page.goto("/")
    _, user = post("/auth/register", {**CREDENTIALS, "first_name": "Ada", "last_name": "Lovelace"})
    for name, text in CREDENTIALS.items():
        page.fill(f"input[name={name}]", text)
    page.click("button")
    page.wait_for_function("document.querySelector('output').textContent")
    assert page.inner_text("output") == f"{user['user_id']} said hello"
