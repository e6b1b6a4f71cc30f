"""Two tabs of one browser: what one of them shows is not done as whoever signed in by the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, quietly, sent
from tests.browser.desk import ADMIN, agree, desk, said, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADA, EVE = "ada@example.com", "eve@example.com"
SOMEBODY_ELSE = "Somebody else is signed in in this browser by now."


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server with two admins."""
    with desk(tmp_path_factory.mktemp("tabs"), admins=(ADMIN, "other@example.com")) as origin:
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something.

    Questions are answered with yes.
    """
    agree(page)
    yield from quietly(page)


@pytest.fixture
def other(context: BrowserContext) -> Page:
    """Return another tab."""
    return context.new_page()


@pytest.fixture(autouse=True)
def users(page: Page) -> None:
    """Make two users."""
    page.goto("/auth/account/login")
    for email in (ADA, EVE):
        fields = {"email": email, "password": PASSWORD, "first_name": "Her", "last_name": "Own"}
        sent(page, "/auth/register", fields)


def me(page: Page) -> dict[str, object]:
    """Return who is signed in."""
    found: dict[str, object] = page.evaluate("fetch('/auth/me').then((answer) => answer.json())")
    return found


def test_what_one_user_sees_is_not_done_as_another(page: Page, other: Page):
    """The page of the first says so; the account of the second is as it was."""
    sign_in(page, ADA)
    page.goto("/auth/account/profile")
    expect(page.locator("#email")).to_have_text(ADA)
    sign_in(other, EVE)
    page.fill("#first_name", "Ada")
    page.click("#profile-form button")
    said(page, SOMEBODY_ELSE)
    assert (me(other)["email"], me(other)["first_name"]) == (EVE, "Her")
    page.reload()
    expect(page.locator("#email")).to_have_text(EVE)
    page.fill("#first_name", "Eve")
    page.click("#profile-form button")
    said(page, "Saved.")


def test_nobody_deletes_the_account_of_another(page: Page, other: Page):
    """Whoever types the address that the page knows means that one."""
    sign_in(page, ADA)
    page.goto("/auth/account/delete")
    page.wait_for_load_state("networkidle")
    sign_in(other, EVE)
    page.fill("#own_email", ADA)
    page.click("#delete-form button")
    said(page, SOMEBODY_ELSE)
    assert me(other)["email"] == EVE


def test_what_was_begun_as_the_user_is_not_done_as_the_admin(page: Page, other: Page):
    """Not even where another tab has ended that the admin acts for the user."""
    sign_in(page)
    page.goto(f"/auth/admin/users?prefix={EVE}")
    page.click("#users a")
    page.click("#impersonate")
    expect(page.locator("#acting-text")).to_be_visible()
    page.wait_for_url("**/account/profile")
    expect(page.locator("#email")).to_have_text(EVE)
    other.goto("/auth/account/profile")
    other.click("#acting-end")
    other.wait_for_url("**/admin/users")
    page.fill("#first_name", "Eve")
    page.click("#profile-form button")
    said(page, SOMEBODY_ELSE)
    assert (me(other)["email"], me(other)["first_name"]) == (ADMIN, "Bea")


def test_what_one_admin_began_is_not_done_as_another(page: Page, other: Page):
    """The desk of the first says so."""
    sign_in(page)
    page.goto("/auth/admin/new-user")
    page.wait_for_load_state("networkidle")
    sign_in(other, "other@example.com")
    for name, text in {"email": "new@example.com", "first_name": "N", "last_name": "N"}.items():
        page.fill(f"#{name}", text)
    page.click("#new-form button")
    said(page, SOMEBODY_ELSE)
