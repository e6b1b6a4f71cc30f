"""Pages whose scripts are on their way: no form is sent by the browser itself, to a path that takes JSON."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PASSWORD
from tests.browser.desk import ADMIN, desk, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server with the pages and an admin."""
    with desk(tmp_path_factory.mktemp("slow")) as served:
        yield served


def held(page: Page, asked: str, where: str) -> Route:
    """Open a page; return what it asks for, which waits until it is told to go on."""
    waiting: list[Route] = []
    page.route(asked, lambda route: waiting.append(route))  # noqa: PLW0108 - playwright looks at its arguments
    with page.expect_request(asked):
        page.goto(where, wait_until="commit")
    page.wait_for_selector("main form:visible", state="visible")
    page.wait_for_function("document.readyState !== 'loading'")
    return waiting[0]


def test_a_sign_in_waits_for_its_script(page: Page):
    """Enter in a field does nothing until the page can sign in, and then it does."""
    script = held(page, "**/page-login.js*", "/auth/account/login")
    page.fill("#email", ADMIN)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator("#password-form button")).to_be_disabled()
    expect(page.locator("h1")).to_have_text("Sign in")
    script.continue_()
    page.click("#password-form button")
    page.wait_for_url("**/profile")


def test_a_deletion_waits_for_whom_it_is_about(page: Page):
    """The script asks who is signed in before it takes what was typed."""
    sign_in(page)
    me = held(page, "**/auth/me", "/auth/account/delete")
    page.fill("#own_email", "not@example.com")
    page.press("#own_email", "Enter")
    expect(page.locator("#delete-form button")).to_be_disabled()
    me.continue_()
    page.click("#delete-form button")
    expect(page.locator("#own_email-error")).to_have_text("That is not the address of this account.")


def test_a_filter_waits_for_its_list(page: Page):
    """The desk's lists are asked for by their scripts, too."""
    sign_in(page)
    script = held(page, "**/desk-users.js*", "/auth/admin/users")
    expect(page.locator("#users-filter button[type=submit]")).to_be_disabled()
    script.continue_()
    page.click("#users-filter button[type=submit]")
    expect(page.locator("#said")).to_contain_text("1")
