"""The example of a single-page application in a real browser: its script sees no token."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, quietly
from tests.examples.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Byron"}


@pytest.fixture
def origin(tmp_path) -> Iterator[str]:
    """Return the origin of the example, where Ada has an account."""
    with served("examples.single_page:app", directory=tmp_path) as origin:
        assert httpx.post(f"{origin}/auth/register", json=ADA).status_code == 201
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something."""
    yield from quietly(page)


def test_its_script_holds_no_token_and_never_refreshes(page: Page, context: BrowserContext):
    """Sign in, ask, go on when the login is over, sign out: the browser has the cookies, and nobody else."""
    # CK-03
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url} {request.headers}"))
    page.goto("/")
    page.fill("[name=email]", ADA["email"])
    page.fill("[name=password]", PASSWORD)
    page.click("text=Sign in")
    expect(page.locator("h1")).not_to_have_text("")
    context.clear_cookies(name="access_token")
    page.fill("[name=text]", "write <b>letters")
    page.click("text=Add")
    expect(page.locator("li")).to_have_text("write <b>letters")
    page.reload()
    expect(page.locator("li")).to_have_count(1)
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    page.click("text=Sign out")
    expect(page.locator("#login")).to_be_visible()
    assert not [one for one in sent if "authorization" in one.lower() or "/auth/refresh" in one]
