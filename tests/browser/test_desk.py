"""The admin's desk in a real browser: who gets in, and how users are found."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PASSWORD, quietly, sent
from tests.browser.desk import ADMIN, barriers, desk, said, sign_in
from tests.browser.test_account_pages import codes

SECOND = "second@example.com"
THIRD = "third@example.com"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server with an admin."""
    with desk(tmp_path_factory.mktemp("desk"), admins=(ADMIN, SECOND, THIRD)) as origin:
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something."""
    yield from quietly(page)


def test_who_is_not_signed_in_comes_to_the_desk_by_the_login(page: Page):
    """With the filters that the address had."""
    page.goto("/auth/admin/users?prefix=boss")
    page.wait_for_url("**/login?next=**")
    page.fill("#email", ADMIN)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/auth/admin/users?prefix=boss")
    expect(page.locator("#users")).to_contain_text("Bea Boss")
    expect(page.locator("#prefix")).to_have_value("boss")


def test_who_is_no_admin_sees_nothing_of_it(page: Page):
    """But the way out, and the one to the own account."""
    page.goto("/auth/account/login")
    fields = {"email": "eve@example.com", "password": PASSWORD}
    sent(page, "/auth/register", {**fields, "first_name": "Eve", "last_name": "Adams"})
    sign_in(page, "eve@example.com")
    answer = page.goto("/auth/admin/users")
    assert answer is not None
    assert answer.status == 403
    assert barriers(page) == []
    page.click("main a")
    page.wait_for_url("**/account/profile")


def test_an_admin_with_a_second_factor_is_asked_for_it(page: Page):
    """Once, however many questions want it; then what was asked for is shown."""
    sign_in(page, SECOND)
    code, *_ = codes(page)
    page.goto("/auth/admin/users")
    expect(page.locator("#proof-password")).to_be_focused()
    assert barriers(page) == []
    page.fill("#proof-password", PASSWORD)
    page.fill("#proof-code", code)
    page.click("#proof-form button")
    expect(page.locator("#proof")).to_be_hidden()
    expect(page.locator("#users")).to_contain_text("Bea Boss")
    page.reload()
    expect(page.locator("#users")).to_contain_text("Bea Boss")


def test_who_proves_nothing_sees_nothing(page: Page):
    """And is told so."""
    sign_in(page, THIRD)
    codes(page)
    page.goto("/auth/admin/sessions")
    page.click("#proof-cancel")
    said(page, "Nothing was done")


def test_users_are_found_by_filters(page: Page):
    """The address keeps them; what is found is said in the live region."""
    sign_in(page)
    page.goto("/auth/admin/users")
    expect(page.locator("#users li")).not_to_have_count(0)
    page.fill("#prefix", "nobody")
    page.keyboard.press("Enter")
    said(page, "Found: 0")
    expect(page.locator("#users-none")).to_be_visible()
    assert page.url.endswith("?prefix=nobody")
    page.fill("#prefix", "")
    page.fill("#id", "no id")
    page.keyboard.press("Enter")
    said(page, "Please look at what is marked.")
    expect(page.locator("#id-error")).to_have_text("That is no id.")


@pytest.fixture
def asked(page: Page) -> list[Route]:
    """Return the questions for users that the page has asked; each is answered when the test says so."""
    sign_in(page)
    found: list[Route] = []

    def keep(route: Route) -> None:
        found.append(route)

    page.route("**/admin/api/users?*", keep)
    return found


def are_asked(page: Page, asked: list[Route], count: int) -> None:
    """Wait until so many questions are under way."""
    while len(asked) < count:
        page.evaluate("0")


def answered(page: Page, route: Route) -> None:
    """Let a question go on; return when it is answered, and the page had a moment to show that."""
    with page.expect_response(route.request.url):
        route.continue_()
    page.evaluate("new Promise((done) => setTimeout(done))")


def test_an_answer_to_what_was_asked_before_is_not_shown(page: Page, asked: list[Route]):
    """It comes later than the one that was asked last, and the filters are of that."""
    page.goto("/auth/admin/users")
    page.fill("#prefix", "nobody")
    page.keyboard.press("Enter")
    are_asked(page, asked, 2)
    expect(page.locator("#users-filter")).to_have_attribute("aria-busy", "true")
    first, last = asked
    answered(page, last)
    said(page, "Found: 0")
    answered(page, first)
    expect(page.locator("#users-none")).to_be_visible()
    expect(page.locator("#users li")).to_have_count(0)


def test_what_is_asked_while_a_question_is_under_way_is_asked(page: Page, asked: list[Route]):
    """It takes the place of that; the address and what is found are of what was typed last."""
    page.goto("/auth/admin/users")
    for prefix in ("nobody", ADMIN):
        page.fill("#prefix", prefix)
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?prefix=boss"))
    are_asked(page, asked, 3)
    for one in asked:
        answered(page, one)
    said(page, "Found: 1")
    expect(page.locator("#users li")).to_contain_text(ADMIN)
    expect(page.locator("#users-filter")).not_to_have_attribute("aria-busy", "true")


def test_a_refusal_of_what_was_asked_before_is_not_told(page: Page, asked: list[Route]):
    """The fields are of what was asked last by then."""
    page.goto("/auth/admin/users")
    for name, text in (("id", "no id"), ("id", "")):
        page.fill(f"#{name}", text)
        page.keyboard.press("Enter")
    are_asked(page, asked, 3)
    for one in reversed(asked):
        answered(page, one)
    expect(page.locator("#users li")).not_to_have_count(0)
    expect(page.locator("#id-error")).to_be_hidden()
