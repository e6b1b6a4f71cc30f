"""An admin acts for a user, in a real browser: the banner says so on every page, and leads back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, quietly, sent
from tests.browser.desk import ADMIN, agree, barriers, desk, said, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

USER = "eve@example.com"


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server with an admin."""
    with desk(tmp_path_factory.mktemp("acting")) as origin:
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something.

    Questions are answered with yes.
    """
    agree(page)
    yield from quietly(page)


@pytest.fixture
def acting(page: Page) -> Page:
    """Return a tab in which the admin acts for Eve, from her page at the desk."""
    sign_in(page)
    fields = {"email": USER, "password": PASSWORD, "first_name": "Eve", "last_name": "Adams"}
    sent(page, "/auth/register", fields)
    page.goto(f"/auth/admin/users?prefix={USER}")
    page.click("#users a")
    page.click("#impersonate")
    expect(page.locator("#acting-text")).to_be_visible()
    page.wait_for_url("**/account/profile")
    expect(page.locator("#acting-text")).to_contain_text(f"{ADMIN} acts as {USER} until")
    return page


def test_the_page_is_the_users_and_the_banner_the_admins(acting: Page):
    """What changes the account is refused in words; the desk is closed meanwhile."""
    expect(acting.locator("#email")).to_have_text(USER)
    assert barriers(acting) == []
    acting.click("#profile-form button")
    said(acting, "Not while you act for somebody.")
    acting.set_viewport_size({"width": 320, "height": 640})
    assert acting.evaluate("document.documentElement.scrollWidth") <= 320
    answer = acting.goto("/auth/admin/users")
    assert answer is not None
    assert answer.status == 403
    expect(acting.locator("#acting-text")).to_contain_text(USER)


def test_the_banner_leads_back_to_the_desk(acting: Page):
    """By keyboard: it is the first thing behind the link to the content."""
    acting.keyboard.press("Tab")
    acting.keyboard.press("Tab")
    expect(acting.locator("#acting-end")).to_be_focused()
    acting.keyboard.press("Enter")
    acting.wait_for_url("**/admin/users")
    expect(acting.locator("#users")).to_contain_text("Bea Boss")
    expect(acting.locator("#acting")).to_have_count(0)


def test_when_the_time_is_over_nobody_is_the_admin_unawares(acting: Page, context: BrowserContext):
    """The login page says so; from there it leads back, or somebody else signs in."""
    context.clear_cookies(name="access_token")
    acting.goto("/auth/account/profile")
    acting.wait_for_url("**/login?next=**")
    expect(acting.locator("#acting-text")).to_contain_text("is over")
    acting.click("#acting-end")
    acting.wait_for_url("**/admin/users")
    acting.goto("/auth/account/profile")
    expect(acting.locator("#email")).to_have_text(ADMIN)


def test_a_sign_out_leaves_nothing(acting: Page):
    """Neither who acted nor the user is signed in here any more."""
    acting.click("#logout")
    acting.wait_for_url("**/login")
    expect(acting.locator("#acting")).to_have_count(0)
    acting.goto("/auth/admin/users")
    acting.wait_for_url("**/login?next=**")
