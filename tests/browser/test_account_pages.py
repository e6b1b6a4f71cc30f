"""The pages of who is signed in, in a real browser, as `jwt-auth serve --pages` has them."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from jwt_auth_asgi.pages.paths import SIGNED_IN
from tests.browser.conftest import PASSWORD, quietly, sent
from tests.browser.test_passkeys import TELEPHONE
from tests.examples.serving import process

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of a server with all that pages can show; passkeys want a name, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    origin = f"http://localhost:{port}"
    env = {
        "MAIL_URL": "memory:",
        "MAIL_FROM": "a@example.com",
        "PUBLIC_URL": origin,
        "OIDC_PROVIDERS": "google",
        "OIDC_GOOGLE_CLIENT_ID": "nobody-asks-for-it-here",
        "ENCRYPTION_KEYS": "a key that encrypts what the tests of pages keep",
    }
    command = [str(Path(sys.executable).with_name("jwt-auth")), "serve", "--pages", "--development"]
    directory = tmp_path_factory.mktemp("account")
    with process([*command, "--port", str(port)], directory=directory, env=env):
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something."""
    yield from quietly(page)


@pytest.fixture
def email(page: Page) -> str:
    """Return the address of a new user, who is signed in by cookies."""
    page.goto("/auth/account/login")
    email = f"{abs(hash(page))}@example.com"
    sent(page, "/auth/register", {"email": email, "password": PASSWORD, "first_name": "A", "last_name": "L"})
    status, _ = sent(page, "/auth/login", {"email": email, "password": PASSWORD, "transport": "cookies"})
    assert status == 200
    return email


def codes(page: Page) -> list[str]:
    """Give the user a second factor, which this session has not shown; return its recovery codes."""
    pyotp = pytest.importorskip("pyotp")
    _, made = sent(page, "/auth/factors/totp", {})
    _, confirmed = sent(page, "/auth/factors/totp/confirm", {"code": pyotp.TOTP(made["secret"]).now()})
    found = confirmed["recovery_codes"]
    assert isinstance(found, list)
    return found


def said(page: Page, text: str) -> None:
    """Expect what the live region of the page says."""
    expect(page.locator("#said")).to_contain_text(text)


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds; it runs in the world of the test, which the policy does not bind."""
    return [one["id"] for one in Axe().run(page).response["violations"]]


def test_a_password_is_changed_by_the_one_of_before(page: Page, email: str):
    """A wrong one is told; afterwards the page goes on in the new session."""
    page.goto("/auth/account/password")
    page.fill("#current_password", "wrong")
    page.fill("#new_password", "silver-heron-4-walks")
    page.click("#password-form button")
    said(page, "That is not the password.")
    page.fill("#current_password", PASSWORD)
    page.click("#password-form button")
    said(page, "The password is changed.")
    page.goto("/auth/account/profile")
    expect(page.locator("#email")).to_have_text(email)


def test_an_action_asks_for_one_more_proof_and_is_repeated(page: Page, email: str):
    """Password and code, in a dialog that says itself what is wrong; what was asked for is then done."""
    code, *_ = codes(page)
    page.goto("/auth/account/profile")
    page.click("#export")
    expect(page.locator("#proof-password")).to_be_focused()
    assert barriers(page) == []
    page.fill("#proof-password", "wrong")
    page.fill("#proof-code", code)
    page.click("#proof-form button")
    expect(page.locator("#proof [role=status]")).to_have_text("That is not the password.")
    page.fill("#proof-password", PASSWORD)
    with page.expect_download() as download:
        page.click("#proof-form button")
    assert email in json.dumps(json.loads(download.value.path().read_text("utf-8")))
    expect(page.locator("#proof")).to_be_hidden()


@pytest.mark.usefixtures("email")
def test_who_proves_nothing_does_nothing(page: Page):
    """The dialog goes, and the page is as it was."""
    codes(page)
    page.goto("/auth/account/profile")
    page.fill("#new_email", "other@example.com")
    page.click("#address-form button")
    expect(page.locator("#proof")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#proof")).to_be_hidden()
    expect(page.locator("#new_email")).to_have_value("other@example.com")
    expect(page.locator("#address-form")).not_to_have_attribute("aria-busy", "true")


@pytest.mark.usefixtures("email")
def test_another_address_is_asked_for(page: Page):
    """By a letter."""
    page.goto("/auth/account/profile")
    page.fill("#new_email", "other@example.com")
    page.click("#address-form button")
    said(page, "A letter is on its way to the new address.")


@pytest.mark.usefixtures("email")
@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_page_has_no_barrier_and_fits_into_320_pixels(page: Page, name: str):
    """By the rules of axe-core, and without scrolling sideways."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/auth/account/{name}", wait_until="networkidle")
    expect(page.locator("nav [aria-current=page]")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert barriers(page) == []


@pytest.mark.usefixtures("email")
def test_an_api_key_is_made_shown_once_and_revoked(page: Page):
    """After a reload the key itself is nowhere."""
    page.goto("/auth/account/api-keys")
    expect(page.locator("#keys-none")).to_be_visible()
    page.fill("#name", "<b>nightly</b>")
    page.fill("#expires_in_days", "30")
    page.click("#key-form button")
    expect(page.locator("#key")).to_contain_text("jak_")
    assert barriers(page) == []
    page.reload()
    expect(page.locator("#keys strong")).to_have_text("<b>nightly</b>")
    expect(page.locator("#keys")).to_contain_text("Good until")
    expect(page.locator("#made")).to_be_hidden()
    page.get_by_role("button", name="Revoke: <b>nightly</b>").click()
    said(page, "The key is revoked.")
    expect(page.locator("#keys-none")).to_be_visible()


def test_another_device_is_signed_out(page: Page, browser: Browser, origin: str, email: str):
    """One by one, or all at once; this one has no button, and browsers are told in words."""
    agents = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "x")
    for agent in agents:
        other = browser.new_context(base_url=origin, user_agent=agent)
        fields = {"email": email, "password": PASSWORD}
        assert other.request.post("/auth/login", data=fields).status == 200
        other.close()
    page.goto("/auth/account/devices")
    expect(page.locator("#devices li")).to_have_count(3)
    expect(page.locator("#devices li", has_text="This device").locator("button:visible")).to_have_count(0)
    assert barriers(page) == []
    page.get_by_role("button", name="Sign out there: Safari, iPhone").click()
    said(page, "That device is signed out.")
    expect(page.locator("#devices li")).to_have_count(2)
    expect(page.locator("#devices")).to_contain_text("Unknown device")
    page.click("#others")
    said(page, "All other devices are signed out.")
    expect(page.locator("#devices li")).to_have_count(1)
    expect(page.locator("#others")).to_be_hidden()


@pytest.mark.usefixtures("email")
def test_a_passkey_is_made_renamed_and_removed(page: Page, context: BrowserContext):
    """And proves who asks, in the place of password and code."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    page.goto("/auth/account/passkeys")
    page.fill("#name", "telephone")
    page.click("#add-form button")
    said(page, "The passkey may be used.")
    page.click("#add-form button")
    said(page, "This device has a passkey for this account already.")
    assert barriers(page) == []
    page.get_by_role("button", name="Rename: telephone").click()
    page.fill("#rename-name", "mobile")
    codes(page)
    page.click("#rename-form button")
    page.click("#proof-passkey")
    said(page, "Saved.")
    page.get_by_role("button", name="Remove: mobile").click()
    said(page, "The passkey is removed.")
    expect(page.locator("#passkeys-none")).to_be_visible()


KNOWN = [
    (
        "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0",
        "Edge, Windows",
    ),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Ubuntu"),
    (
        "Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36",
        "Chrome, Android",
    ),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari, macOS"),
    ("curl/8.5.0", "curl"),
    (None, ""),
]


@pytest.mark.usefixtures("email")
def test_what_calls_itself_by_a_known_name_is_told_in_words(page: Page):
    """Others stay unknown; nothing of what they say is shown."""
    script = """async (agents) => {
      const {inWords} = await import("/auth/account/static/agents.js");
      return agents.map(inWords);
    }"""
    assert page.evaluate(script, [agent for agent, _ in KNOWN]) == [words for _, words in KNOWN]


@pytest.mark.usefixtures("email")
def test_an_app_is_set_up_and_removed(page: Page):
    """Its codes are shown once, also on paper; what follows asks for one of them, or for the app."""
    pyotp = pytest.importorskip("pyotp")
    page.goto("/auth/account/factors")
    page.fill("#name", "telephone")
    page.click("#app-form button")
    expect(page.locator("#qr svg path").first).to_be_attached()
    assert barriers(page) == []
    page.fill("#enrol_code", "12")
    page.click("#enrol-form button")
    expect(page.locator("#said")).to_have_class("notice bad")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.fill("#enrol_code", pyotp.TOTP(secret).now())
    page.click("#enrol-form button")
    expect(page.locator("#codes li")).to_have_count(10)
    expect(page.locator("#secret")).to_be_empty()
    first, second, *_ = page.locator("#codes li").all_inner_texts()
    assert barriers(page) == []
    page.emulate_media(media="print")
    expect(page.locator("#codes")).to_be_visible()
    expect(page.locator("nav, #apps, #logout").locator("visible=true")).to_have_count(0)
    page.emulate_media(media="screen")
    page.reload()
    expect(page.locator("#left")).to_contain_text("10")
    expect(page.locator("#codes li")).to_have_count(0)
    page.click("#renew")
    page.fill("#proof-password", PASSWORD)
    page.fill("#proof-code", first)
    page.click("#proof-form button")
    expect(page.locator("#codes li")).to_have_count(10)
    assert second not in page.locator("#codes").inner_text()
    page.get_by_role("button", name="Remove: telephone").click()
    said(page, "The app is removed.")
    expect(page.locator("#apps-none")).to_be_visible()
    expect(page.locator("#recovery")).to_be_hidden()


def test_a_remembered_device_is_forgotten(page: Page, email: str):
    """There the second factor is asked for again."""
    code, *_ = codes(page)
    fields = {"email": email, "password": PASSWORD, "transport": "cookies"}
    _, challenged = sent(page, "/auth/login", fields)
    step = {"challenge": challenged["challenge"], "recovery_code": code, "transport": "cookies"}
    status, _ = sent(page, "/auth/login/second-factor", {**step, "remember_device": True})
    assert status == 200
    page.goto("/auth/account/factors")
    page.get_by_role("button", name="Forget").click()
    said(page, "The second factor is asked for there again.")
    expect(page.locator("#remembered-none")).to_be_visible()
