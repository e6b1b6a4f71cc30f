"""What is asked for after a provider has led back: in the browser that was there, and on a click."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, sent
from tests.browser.providers.conftest import served
from tests.identities.issuer import Issuer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def origin(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server where everybody has to have a second factor."""
    with served(issuer, tmp_path_factory.mktemp("begun"), {"SECOND_FACTOR": "required"}) as origin:
        yield origin


def test_nothing_is_set_up_before_a_click_nor_in_another_browser(page: Page, browser: Browser):
    """Whoever follows a stranger's link ends in no account of theirs."""  # CK-06
    pyotp = pytest.importorskip("pyotp")
    posted, led_to = [], []
    page.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
    page.on("response", lambda one: led_to.append(one.headers.get("location", "")))
    page.goto("/auth/account/login")
    page.get_by_role("link", name="Continue with Acme").click()
    expect(page.locator("#begun-form button")).to_be_visible()
    (link,) = [place for place in led_to if "#enrolment_token=" in place]
    assert [url for url in posted if "enrol" in url] == []
    assert "token" not in page.url

    context = browser.new_context()
    victim = context.new_page()
    victim.goto(link)
    victim.click("#begun-form button")
    expect(victim.locator("#said")).to_contain_text("begin again")
    context.close()

    page.click("#begun-form button")
    expect(page.locator("#qr svg path").first).to_be_attached()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.fill("#enrol_code", pyotp.TOTP(secret).now())
    page.click("#enrol-form button")
    page.wait_for_url("**/auth/account/profile")


@pytest.mark.parametrize("name", ["enrolment_token", "challenge"])
def test_what_a_password_began_goes_on_at_no_address(page: Page, name: str):
    """A thief's login, which is good in any browser, is not taken from a link."""  # CK-06
    thief = {"email": f"{name}@thief.example", "password": PASSWORD}
    page.goto("/auth/account/login")
    sent(page, "/auth/register", {**thief, "first_name": "A", "last_name": "Thief"})
    status, answer = sent(page, "/auth/login", thief)
    assert (status, answer["code"]) == (403, "enrolment_required")
    token = answer["enrolment_token"]

    page.goto("about:blank")
    posted = []
    page.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
    page.goto(f"/auth/account/signin#{name}={token}&factors=totp")
    expect(page.locator("#said")).to_contain_text("begin again")
    expect(page.locator("#password-form")).to_be_visible()
    for form in ("begun", "totp", "enrol"):
        expect(page.locator(f"#{form}-form")).to_be_hidden()
    assert "token" not in page.url
    assert "challenge" not in page.url
    assert posted == []


def test_a_page_of_another_site_begins_no_sign_in_for_an_application(page: Page, origin: str):
    """A link there is known by what the browser says; the same address, typed, is not."""  # CK-06
    asked = f"{origin}/auth/oauth/acme?transport=body&next=/app&challenge={'c' * 43}"
    page.set_content(f'<a href="{asked}">app</a>')
    page.click("a")
    page.wait_for_url("**/signin?error=cross_site")
    page.goto(asked)
    assert page.url.startswith(f"{origin}/app?code=")
