"""The example application through its /docs page, as its first user meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PASSWORD
from tests.examples.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace"}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of the running example."""
    with served("examples.fastapi_app:app", directory=tmp_path_factory.mktemp("docs")) as origin:
        yield origin


class Docs:
    """Drives the page of Swagger UI."""

    def __init__(self, page: Page, path: str = "/docs") -> None:
        self.page = page
        page.goto(path)

    def call(
        self, method: str, path: str, fields: dict[str, str] | None = None
    ) -> tuple[int, dict[str, object]]:
        """Try an operation out; return the status and the answer that the page shows."""
        block = self.page.locator(f'.opblock-{method}:has([data-path="{path}"])')
        if "is-open" not in (block.get_attribute("class") or ""):
            block.locator(".opblock-summary-control").click()
            block.get_by_role("button", name="Try it out").click()
        if fields is not None:
            block.locator("textarea.body-param__text").fill(json.dumps(fields))
        clear = block.get_by_role("button", name="Clear")
        if clear.count():
            clear.click()  # the last answer goes, so that it cannot be taken for this one's
            block.locator(".live-responses-table").wait_for(state="detached")
        block.get_by_role("button", name="Execute").click()
        live = block.locator(".live-responses-table .response")
        return int(live.locator(".response-col_status").inner_text()), json.loads(
            live.locator(".highlight-code pre").first.inner_text()
        )

    def authorize(self, email: str, password: str) -> None:
        """Log in with the Authorize button."""
        self.page.get_by_role("button", name="Authorize").first.click()
        flow = self.page.locator('.auth-container:has-text("OAuth2PasswordBearer")')
        flow.locator("#oauth_username").fill(email)
        flow.locator("#oauth_password").fill(password)
        flow.get_by_label("Apply given OAuth2 credentials").click()
        flow.get_by_label("Remove authorization").wait_for()
        flow.get_by_role("button", name="Close").click()


def test_the_whole_story_works_from_the_page(page: Page):
    """Register, Authorize, ask for the topics, refresh, log out: each answers in the page itself."""
    docs = Docs(page)
    assert docs.call("get", "/questions/topics")[0] == 401
    assert docs.call("post", "/auth/register", ADA)[0] == 201
    docs.authorize(ADA["email"], PASSWORD)
    status, answer = docs.call("get", "/questions/topics")
    assert (status, list(answer)) == (200, ["topics"])
    assert docs.call("get", "/auth/me")[1]["email"] == ADA["email"]
    assert docs.call("post", "/auth/refresh", {})[0] == 200
    assert docs.call("post", "/auth/logout", {}) == (200, {"status": "logged out"})
    assert docs.call("post", "/auth/refresh", {})[0] == 401


def test_log_in_from_the_page(page: Page):
    """The login route itself works there too, and a wrong password is answered as documented."""
    docs = Docs(page)
    docs.call("post", "/auth/register", {**ADA, "email": "bob@example.com"})
    credentials = {"email": "bob@example.com", "password": PASSWORD}
    assert docs.call("post", "/auth/login", credentials)[1]["status"] == "logged in"
    status, answer = docs.call("post", "/auth/login", {**credentials, "password": "not-" + PASSWORD})
    assert (status, answer["code"]) == (401, "invalid_credentials")
