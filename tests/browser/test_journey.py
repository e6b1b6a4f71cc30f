"""The whole life of an account in a real browser, through the pages, with letters of a real SMTP server."""

from __future__ import annotations

import logging
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as Waited

from tests.browser.conftest import PASSWORD, quietly
from tests.browser.test_passkeys import TELEPHONE
from tests.examples.serving import run, served
from tests.revocations.parts import until
from tests.servers.authority import Authority
from tests.servers.smtp import smtp_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADA, NEW, OTHER = "ada@example.com", "ada@example.org", "silver-heron-4-walks"
SOON = 5.0
"""A second after it was ended a token is refused everywhere; busy workers take their time to say so."""

STORES = ["embedded", pytest.param("servers", marks=pytest.mark.servers)]


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Any]:
    """Return what a mail server takes that the application trusts."""
    authority = Authority(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger("mail.log"), "disabled", True)  # the server's: it shows letters
        patch.setenv("SSL_CERT_FILE", str(authority.path))
        server = smtp_server(starttls=authority.server("localhost"))
        with ThreadPoolExecutor(1) as beside:  # the browser's loop runs in this thread
            yield beside.submit(server.__enter__).result()
            beside.submit(server.__exit__, None, None, None).result()


@pytest.fixture(params=STORES)
def origin(request: pytest.FixtureRequest, tmp_path: Path, inbox: Any) -> Iterator[str]:
    """Return the origin of two workers with pages and letters."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        "MAIL_URL": f"smtp://u:p@localhost:{inbox.port}",
        "MAIL_FROM": "auth@example.com",
        "PUBLIC_URL": f"http://localhost:{port}",
        "EMAIL_VERIFICATION": "login",
        "ENCRYPTION_KEYS": "a key that encrypts what the journey of the tests keeps",
    }
    if request.param == "servers":
        servers = {"DATABASE_URL": "postgres_url", "REDIS_URL": "redis_url"}
        env |= {name: request.getfixturevalue(fixture) for name, fixture in servers.items()}
        migrate = "from jwt_auth_core import Auth; Auth.from_env().migrate()"
        run(
            "-c",
            migrate,
            directory=tmp_path,
            env={**env, "JWT_KEY": "a key that signs nothing, of the journey"},
        )
    options = ("--workers", "2", "--port", str(port))
    with served("examples.fastapi_app:app", directory=tmp_path, env=env, options=options):
        yield env["PUBLIC_URL"]


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something."""
    yield from quietly(page)


def link(inbox: Any, recipient: str, place: str) -> str:
    """Return the link to that page out of the letter to somebody, as soon as it is there."""
    found: list[str] = []

    def is_there() -> bool:
        for one in list(inbox.taken):
            text = message_from_bytes(one.content, policy=policy.default)
            body = text.get_body(("plain",))
            told = re.search(rf"(http\S+/{place}#token=\S+)", body.get_content() if body else "")
            if told and one.rcpt_tos == [recipient]:
                inbox.taken.remove(one)
                found.append(told[1])
                return True
        return False

    until(is_there)
    return found[0]


def said(page: Page, text: str) -> None:
    """Expect what the live region of the page says."""
    expect(page.locator("#said")).to_contain_text(text)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Type address and password on the page that is for it."""
    page.goto("/auth/account/login")
    page.fill("#email", email)
    page.fill("#password", password)
    page.click("#password-form button")


def sign_out(page: Page) -> None:
    """Sign out by the button of the account's pages."""
    page.click("#logout")
    page.wait_for_url("**/login")


def is_in(page: Page, email: str) -> None:
    """Expect the profile of somebody."""
    page.wait_for_url("**/profile")
    expect(page.locator("#email")).to_have_text(email)


def status(page: Page, token: str) -> int:
    """Return what an access token is answered; asked often enough that every worker answers."""
    headers = {"Authorization": f"Bearer {token}"}
    answers = {page.request.get("/auth/me", headers=headers).status for _ in range(8)}
    return max(answers) if answers == {401} else min(answers)


def is_refused_soon(page: Page, token: str) -> None:
    """Expect that both workers refuse an access token, and do not wait until it ends."""
    began = time.monotonic()
    until(lambda: status(page, token) == 401)
    assert time.monotonic() - began < SOON


def token_of(context: BrowserContext) -> str:
    """Return the access token that the cookies of a browser hold."""
    return next(one["value"] for one in context.cookies() if one["name"].endswith("access_token"))


def registered(page: Page, inbox: Any) -> None:
    """Register; nobody is in before the letter's link was used."""
    page.goto("/auth/account/register")
    for name, text in (("first_name", "Ada"), ("last_name", "L"), ("email", ADA), ("password", PASSWORD)):
        page.fill(f"#{name}", text)
    page.click("#register-form button")
    expect(page.locator("#done-text")).to_contain_text("Check your mail")
    sign_in(page, ADA)
    said(page, "Verify your address first")
    page.goto(link(inbox, ADA, "verify"))
    page.click("#linked-form button")
    said(page, "The address is verified.")
    sign_in(page, ADA)
    is_in(page, ADA)


def second_factor(page: Page) -> list[str]:
    """Set up an app and sign in with it; return the recovery codes."""
    pyotp = pytest.importorskip("pyotp")
    page.goto("/auth/account/factors")
    page.fill("#name", "telephone")
    page.click("#app-form button")
    expect(page.locator("#qr svg path").first).to_be_attached()
    app = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))
    page.fill("#enrol_code", app.now())
    page.click("#enrol-form button")
    expect(page.locator("#codes li")).to_have_count(10)
    codes = page.locator("#codes li").all_inner_texts()
    sign_out(page)
    sign_in(page, ADA)
    page.fill("#totp", app.at(time.time() + 30))  # the one of now was used
    page.click("#totp-form button")
    is_in(page, ADA)
    return codes


def recovery_code(page: Page, code: str) -> None:
    """Show a code of before in the place of the app."""
    page.click("#use-recovery")
    page.fill("#recovery_code", code)
    page.click("#recovery-form button")
    is_in(page, ADA)


def new_codes(page: Page) -> list[str]:
    """Renew the recovery codes, which an undone change of the address has made void."""
    page.goto("/auth/account/factors")
    expect(page.locator("#left")).to_contain_text("0")
    page.click("#renew")
    expect(page.locator("#codes li")).to_have_count(10)
    return page.locator("#codes li").all_inner_texts()


class Telephone:
    """What holds a passkey: while it is at hand, the page that signs in is told of it by itself."""

    def __init__(self, page: Page, context: BrowserContext) -> None:
        self._devtools = context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        made = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
        self._id = made["authenticatorId"]

    def is_at_hand(self, *, answer: bool) -> None:
        """Take it, or put it away."""
        named = {"authenticatorId": self._id, "enabled": answer}
        self._devtools.send("WebAuthn.setAutomaticPresenceSimulation", named)


def passkey(page: Page, context: BrowserContext) -> Telephone:
    """Make a passkey, and sign in with it."""
    telephone = Telephone(page, context)
    page.goto("/auth/account/passkeys")
    page.fill("#name", "telephone")
    page.click("#add-form button")
    said(page, "The passkey may be used.")
    telephone.is_at_hand(answer=False)
    sign_out(page)
    by_passkey(page, telephone, ADA)
    return telephone


def by_passkey(page: Page, telephone: Telephone, email: str) -> None:
    """Sign in with nothing typed."""
    page.goto("/auth/account/login")
    telephone.is_at_hand(answer=True)
    with suppress(Waited):  # now and then Chromium does not tell a page that waits already
        page.wait_for_url("**/profile", timeout=3_000)
    if not page.url.endswith("/profile"):
        page.click("#by-passkey")
    is_in(page, email)
    telephone.is_at_hand(answer=False)


def next_second() -> None:
    """Return in another second than the one of now."""
    now = int(time.time())
    until(lambda: int(time.time()) > now)


def follow(page: Page, context: BrowserContext, where: str, done: str) -> None:
    """Open a letter's link and press its button: whoever was signed in is signed out, everywhere."""
    token = token_of(context)
    page.goto(where)
    if where.partition("#")[0].endswith("/reset"):
        page.fill("#new_password", OTHER)
    page.click("main form:visible button")
    said(page, done)
    is_refused_soon(page, token)


def test_an_account_from_its_first_day_to_its_last(page: Page, context: BrowserContext, inbox: Any):
    """Register, verify, every way in, another address and back, a new password, gone and kept after all."""
    # RST-1, RST-5, RST-6, OTP-1, REC-1, RF-11
    registered(page, inbox)
    codes = second_factor(page)
    sign_out(page)
    sign_in(page, ADA)
    recovery_code(page, codes[0])
    telephone = passkey(page, context)
    next_second()  # an undone change voids a passkey of the second in which it was asked for

    page.fill("#new_email", NEW)
    page.click("#address-form button")
    said(page, "A letter is on its way to the new address.")
    follow(page, context, link(inbox, NEW, "email"), "Your account has the new address.")
    by_passkey(page, telephone, NEW)
    follow(page, context, link(inbox, ADA, "email-undo"), "Your account has its old address again.")
    by_passkey(page, telephone, ADA)
    codes = new_codes(page)
    follow(page, context, link(inbox, ADA, "reset"), "The password is changed. All devices are signed out.")

    sign_in(page, ADA)
    said(page, "do not belong together")
    sign_in(page, ADA, OTHER)
    recovery_code(page, codes[1])
    token = token_of(context)
    page.click("nav >> text=Delete the account")
    page.fill("#own_email", NEW)
    page.click("#delete-form button")
    expect(page.locator("#own_email-error")).to_have_text("That is not the address of this account.")
    page.fill("#own_email", ADA)
    page.click("#delete-form button")
    expect(page.locator("#done-text")).to_contain_text("It will be erased on")
    is_refused_soon(page, token)
    page.click("#done a")
    sign_in(page, ADA, OTHER)
    recovery_code(page, codes[2])
