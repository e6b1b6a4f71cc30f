"""The account pages in a real browser: what the policy refuses, and every error of a script, is a failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, quietly, sent
from tests.examples.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EMAIL = "pages@example.com"
ALL = ("login", "register", "verify", "forgot", "reset", "email", "email-undo", "profile")


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of the running example, with letters that nobody reads."""
    env = {"MAIL_URL": "memory:", "MAIL_FROM": "a@example.com", "PUBLIC_URL": "http://localhost:8000"}
    with served("examples.fastapi_app:app", directory=tmp_path_factory.mktemp("pages"), env=env) as origin:
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something."""
    yield from quietly(page)


def test_register_sign_out_and_in_by_keyboard_alone(page: Page):
    """A new account is signed in at once; what is wrong is said in the live region."""
    page.goto("/auth/account/register")
    for text in ("Ada", "Byron", EMAIL, PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/profile")
    expect(page.locator("#email")).to_have_text(EMAIL)
    page.reload()  # what the script held is gone: the cookie begins the login anew
    expect(page.locator("#email")).to_have_text(EMAIL)
    page.fill("#first_name", "Augusta")
    page.click("#profile-form button")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    page.click("#logout")
    page.wait_for_url("**/login")
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Address and password do not belong together.")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/profile")


def test_who_is_not_signed_in_is_led_to_the_login_and_back(page: Page):
    """By a path of this site."""
    page.goto("/auth/account/profile")
    page.wait_for_url("**/login?next=%2Fauth%2Faccount%2Fprofile")


def test_a_service_that_is_busy_leads_nobody_to_the_login(page: Page, context: BrowserContext):
    """The login may be as good as before: the page says so, and what was typed stays."""
    page.goto("/auth/account/login")
    fields = {"email": "busy@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Byron"}
    sent(page, "/auth/register", fields)
    sent(page, "/auth/login", {**fields, "transport": "cookies"})
    page.goto("/auth/account/profile")
    expect(page.locator("#email")).to_have_text("busy@example.com")
    refused = {"status": 503, "headers": {"Retry-After": "1"}, "json": {"code": "store_unavailable"}}
    context.route("**/auth/refresh", lambda route: route.fulfill(**refused))
    context.route("**/auth/me", lambda route: route.fulfill(status=401, json={"code": "token_expired"}))
    page.fill("#first_name", "Augusta")
    page.click("#profile-form button")
    expect(page.get_by_role("status")).to_have_text("The service is busy. Please try again in a moment.")
    expect(page.locator("#first_name")).to_have_value("Augusta")
    page.reload()
    expect(page.get_by_role("status")).to_have_text("The service is busy. Please try again in a moment.")


def test_an_empty_form_marks_its_fields(page: Page):
    """Nothing is sent; the first one has the focus."""
    page.goto("/auth/account/login")
    page.click("#password-form button")
    expect(page.locator("#email-error")).to_have_text("Please fill this in.")
    expect(page.locator("#email")).to_be_focused()


def test_whoever_goes_by_keyboard_sees_where(page: Page):
    """In the order of what is read; each place has an outline."""
    page.goto("/auth/account/login")
    expect(page.locator("#email")).to_be_focused()
    place = "(one => [one.id || one.textContent, parseInt(getComputedStyle(one).outlineWidth)])"
    found = []
    for _ in range(6):
        found.append(page.evaluate(f"{place}(document.activeElement)"))
        page.keyboard.press("Tab")
    names = ["email", "password", "Sign in", "by-passkey", "by-mail", "Forgot your password?"]
    assert [name for name, _ in found] == names
    assert {width for _, width in found} == {3}


def test_nothing_moves_for_who_wants_that(page: Page):
    """Transitions are for those alone who have not asked for less of them."""
    page.goto("/auth/account/login")
    seconds = "getComputedStyle(document.querySelector('button')).transitionDuration"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(seconds) == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(seconds) != "0s"


def test_a_link_acts_on_a_click(page: Page):
    """On load nothing is sent, and the token leaves the address."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.goto("/auth/account/reset#token=reset.nobody")
    expect(page.locator("#new_password")).to_be_visible()
    assert (set(asked), page.url.rpartition("/")[2]) == ({"GET"}, "reset")
    page.fill("#new_password", PASSWORD)
    page.click("#reset-form button")
    expect(page.get_by_role("status")).to_contain_text("used, replaced or too old")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_page_fits_into_320_pixels(page: Page, name: str, direction: str):
    """Without scrolling sideways, in either direction."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/auth/account/{name}", wait_until="networkidle")
    page.evaluate("direction => { document.documentElement.dir = direction; }", direction)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", ALL[:-1])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(browser: Browser, origin: str, name: str, scheme: str):
    """Labels, names, landmarks, contrast: by the rules of axe-core, which is let in past the policy."""
    context = browser.new_context(base_url=origin, bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"/auth/account/{name}", wait_until="networkidle")
    found = Axe().run(page).response["violations"]
    context.close()
    assert [one["id"] for one in found] == []
