"""What an admin does to users at the desk, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, quietly, sent
from tests.browser.desk import agree, barriers, desk, said, sign_in
from tests.places.files import write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OTHER = "eve@example.com"


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server with an admin, and a role that can be given."""
    directory = tmp_path_factory.mktemp("users")
    places = str(write(directory / "places.mmdb"))
    with desk(directory, roles={"editor": "posts:write"}, GEOIP_FILE=places) as origin:
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something.

    Questions are answered with yes.
    """
    agree(page)
    yield from quietly(page)


@pytest.fixture
def user(page: Page) -> str:
    """Return the address of a new user, whose page is open; the admin is signed in."""
    email = f"{abs(hash(page))}@example.com"
    sign_in(page)
    page.goto("/auth/admin/new-user")
    page.fill("#email", email)
    page.fill("#first_name", "Eve")
    page.fill("#last_name", "Adams")
    page.fill("#password", PASSWORD)
    page.fill("#scopes", "posts:read")
    page.keyboard.press("Enter")
    page.wait_for_url("**/user?id=**")
    expect(page.locator("h1")).to_have_text("Eve Adams")
    return email


def test_a_user_is_made_and_shown(page: Page, user: str):
    """With what is known of it; an address that is taken is told beside the field's form."""
    expect(page.locator('[data-fact="email"]')).to_have_text(user)
    expect(page.locator('[data-fact="scopes"]')).to_have_text("posts:read")
    expect(page.locator('[data-fact="deletion"]')).to_be_hidden()
    page.goto("/auth/admin/new-user")
    for name, text in {"email": user, "first_name": "E", "last_name": "A"}.items():
        page.fill(f"#{name}", text)
    page.click("#new-form button")
    said(page, "There is an account with this address.")


@pytest.mark.usefixtures("user")
def test_a_user_is_disabled_and_enabled(page: Page):
    """After a question; what may be done next is what is offered."""
    page.click("#disable")
    said(page, "The user is disabled.")
    expect(page.locator('[data-fact="state"]')).to_contain_text("Disabled since")
    expect(page.locator("#disable")).to_be_hidden()
    page.click("#enable")
    said(page, "The user may sign in again.")
    expect(page.locator('[data-fact="state"]')).to_have_text("May sign in")


@pytest.mark.usefixtures("user")
def test_a_user_is_deleted_and_kept(page: Page):
    """The day of the end is shown as long as it stands."""
    page.click("#delete")
    said(page, "The user will be erased.")
    expect(page.locator('[data-fact="deletion"]')).to_be_visible()
    page.click("#keep")
    said(page, "The user stays.")
    expect(page.locator('[data-fact="deletion"]')).to_be_hidden()


@pytest.mark.usefixtures("user")
def test_a_role_is_granted_and_taken_away(page: Page):
    """By keyboard; one that the user has is offered no more."""
    page.focus("#role")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said(page, "The role is granted.")
    expect(page.locator("#roles li")).to_contain_text("editor")
    expect(page.locator("#grant-form")).to_be_hidden()
    page.click("#roles [data-do=remove]")
    said(page, "The role is taken away.")
    expect(page.locator("#roles-none")).to_be_visible()


def test_a_session_is_ended(page: Page, browser: Browser, origin: str, user: str):
    """On the page of the user; and on that of all, where it is gone then."""
    other = browser.new_context(base_url=origin)
    theirs = other.new_page()
    sign_in(theirs, user)
    page.goto(f"/auth/admin/sessions?email={user}")
    expect(page.locator("#sessions li")).to_have_count(1)
    for text in (user, "Chrome", "Loopback", "127.0.0.1"):
        expect(page.locator("#sessions li")).to_contain_text(text)
    page.click("#sessions a")
    page.wait_for_url("**/user?id=**")
    expect(page.locator("#sessions li")).to_contain_text("Loopback")
    page.click("#sessions [data-do=remove]")
    said(page, "That device is signed out.")
    expect(page.locator("#sessions-none")).to_be_visible()
    assert sent(theirs, "/auth/refresh", {"transport": "cookies"})[0] == 401
    page.go_back()
    expect(page.locator("#sessions-none")).to_be_visible()
    other.close()


def test_sessions_of_all_are_found_and_ended(page: Page, browser: Browser, origin: str, user: str):
    """The newest first; one of a user's, or all of them."""
    others = [browser.new_context(base_url=origin) for _ in range(3)]
    for other in others:
        sign_in(other.new_page(), user)
    page.click("text=Sessions")
    page.wait_for_url("**/sessions")
    expect(page.locator("#sessions li").first).to_contain_text(user)
    page.fill("#email", user)
    page.fill("#address", "203.0.113.9")
    page.keyboard.press("Enter")
    said(page, "Found: 0")
    page.fill("#address", "127.0.0.1")
    page.keyboard.press("Enter")
    said(page, "Found: 3")
    page.locator("#sessions [data-do=remove]").first.click()
    said(page, "That device is signed out.")
    expect(page.locator("#sessions li")).to_have_count(2)
    page.locator("#sessions [data-do=all]").first.click()
    said(page, "Signed out everywhere.")
    expect(page.locator("#sessions-none")).to_be_visible()
    for other in others:
        other.close()


def test_a_question_is_asked_by_the_page_and_escape_is_no(browser: Browser, origin: str):
    """It has a name, no barrier, and begins at no; what was asked for is not done."""
    context = browser.new_context(base_url=origin, viewport={"width": 320, "height": 640})
    page = context.new_page()
    sign_in(page)
    page.goto("/auth/admin/users?prefix=boss")
    page.click("#users a")
    expect(page.locator("#end")).to_be_visible()  # What is hidden until the user comes takes no focus.
    page.focus("#end")
    for answer in ("Escape", "Enter"):
        page.keyboard.press("Enter")
        expect(page.get_by_role("alertdialog", name="Sign Bea Boss out everywhere?")).to_be_visible()
        expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_focused()
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.keyboard.press(answer)
        expect(page.locator("#question")).to_be_hidden()
        expect(page.locator("#end")).to_be_focused()
    page.reload()
    expect(page.locator("h1")).to_have_text("Bea Boss")
    context.close()


def test_nobody_shuts_out_the_own_account(page: Page):
    """The service says so, and the page says it in words."""
    sign_in(page)
    page.goto("/auth/admin/users?prefix=boss")
    page.click("#users a")
    page.click("#disable")
    said(page, "Not your own account")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["users", "new-user", "user", "sessions"])
def test_a_page_has_no_barrier_and_fits_into_320_pixels(
    browser: Browser, origin: str, name: str, scheme: str
):
    """By the rules of axe-core, and without scrolling sideways."""
    context = browser.new_context(
        base_url=origin, color_scheme=scheme, viewport={"width": 320, "height": 640}
    )
    page = context.new_page()
    sign_in(page)
    page.goto("/auth/admin/users?prefix=boss")
    if name == "user":
        page.click("#users a")
        expect(page.locator("h1")).to_have_text("Bea Boss")
    else:
        page.goto(f"/auth/admin/{name}", wait_until="networkidle")
    expect(page.locator("#main")).not_to_have_attribute("aria-busy", "true")  # it is pale meanwhile
    found = barriers(page)
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction; }", direction)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
    assert found == []
