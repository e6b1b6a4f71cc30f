"""The account pages as docs/pages.md has them behind nginx: TLS, a prefix, two workers, either storage."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.certificate import trusted, write_certificate
from tests.browser.conftest import FLAGS, PASSWORD, quietly
from tests.browser.shop import block, filled, link
from tests.browser.test_passkeys import TELEPHONE
from tests.examples.serving import run, served
from tests.identities.issuer import Issuer, serving, variables_of
from tests.places.files import write
from tests.servers import header
from tests.servers.nginx import nginx, nginx_binary
from tests.servers.valkey import free_port

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(nginx_binary() is None, reason="there is no nginx on this machine"),
]

ORIGIN, NAME = "https://shop.example", "shop.example"
STRIPPED, KEPT = "the prefix taken off", "the prefix left on"


@pytest.fixture(scope="module")
def port() -> int:
    """Return where nginx listens, in the place of 443."""
    return free_port()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the paths of a key and its certificate."""
    return write_certificate(tmp_path_factory.mktemp("tls"), NAME)


@pytest.fixture(scope="module")
def browser(port: int, certificate: tuple[Path, Path]) -> Iterator[Browser]:
    """Return a browser to which the name is nginx's port, and which trusts its certificate."""
    path = header.browser()
    if path is None:
        pytest.skip("no Chromium or Chrome found")
    own = (
        f"--host-resolver-rules=MAP {NAME}:443 127.0.0.1:{port}",
        f"--ignore-certificate-errors-spki-list={trusted(certificate[1])}",
    )
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *own])
        yield running
        running.close()


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """Return a provider on another site."""
    with serving() as made:
        yield made


@pytest.fixture
def elsewhere(issuer: Issuer) -> tuple[str, ...]:
    """Return the one place of another site: where its user agrees."""
    return (f"{issuer.url}/authorize?", f"{issuer.url}/favicon.ico")


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """Return the folder of letters."""
    made = tmp_path / "letters"
    made.mkdir()
    return made


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, letters: Path, issuer: Issuer) -> dict[str, str]:
    """Return the environment of both workers, their tables made."""
    (exports,) = re.findall(r"^export (.*)$", block("bash", "uvicorn"), re.MULTILINE)
    env = dict(word.split("=", 1) for word in exports.split())
    env |= {
        "JWT_KEY": "a key that only the tests of nginx know",
        "ENCRYPTION_KEYS": "a key that encrypts what the tests of nginx keep",
        "EMAIL_VERIFICATION": "login",
        "MAIL_URL": f"file://{letters}",
        "MAIL_FROM": "a@shop.example",
        "DATABASE_URL": f"sqlite:///{tmp_path}/shop.db",
    }
    if request.param == "servers":
        env["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        env["REDIS_URL"] = request.getfixturevalue("redis_url")
    env = {**variables_of(issuer), **env, "GEOIP_FILE": str(write(tmp_path / "places.mmdb"))}
    run("-c", "from jwt_auth_core import Auth; Auth.from_env().migrate()", directory=tmp_path, env=env)
    return env


@pytest.fixture
def origin(
    request: pytest.FixtureRequest,
    settings: dict[str, str],
    tmp_path: Path,
    port: int,
    certificate: tuple[Path, Path],
) -> Iterator[str]:
    """Return the origin of nginx, before two workers of the page's application."""
    (tmp_path / "shop.py").write_text(block("python", "page_paths"), "utf-8")
    commands = re.findall(r"^(uvicorn .*) --port 800[12] &$", block("bash", "uvicorn"), re.MULTILINE)
    text = block("nginx", "upstream")
    if request.param == KEPT:
        commands = [one.replace("shop:app --root-path /shop", "shop:whole") for one in commands]
        text = text.replace("proxy_pass http://shop/;", "proxy_pass http://shop;")
    key, chain = certificate
    values = {"/etc/ssl/private/shop.example.pem": str(key), "/etc/ssl/certs/shop.example.pem": str(chain)}
    values["listen 443 ssl"] = f"listen 127.0.0.1:{port} ssl"
    with ExitStack() as running:
        for number, command in enumerate(commands, 1):
            _, app, *options = command.split()
            one = served(app, directory=tmp_path, env=settings, options=options)
            values[f"127.0.0.1:800{number}"] = running.enter_context(one).removeprefix("http://")
        running.enter_context(nginx(tmp_path / "nginx", filled(text, values), port=port))
        yield ORIGIN


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something."""
    yield from quietly(page)


@pytest.fixture
def lost(context: BrowserContext, page: Page) -> Callable[[], object]:
    """Give the tab an authenticator, which is used without a question; return what takes it away."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    return lambda: session.send("WebAuthn.disable")


EVERY = pytest.mark.parametrize(
    ("origin", "settings"),
    [(STRIPPED, "servers"), (KEPT, "servers"), (STRIPPED, "embedded"), (KEPT, "embedded")],
    indirect=True,
)
EMAIL = "ada@example.com"
NAMES = {"first_name": "Ada", "last_name": "Byron"}


def sign_in(page: Page) -> None:
    """Type address and password."""
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("#password-form button")


def leave(page: Page) -> None:
    """Sign out, from any page of the account."""
    page.goto("/shop/auth/account/profile")
    page.click("#logout")
    page.wait_for_url("**/shop/auth/account/login", wait_until="commit")


def register(page: Page, letters: Path) -> None:
    """Make an account from the page of the login, and follow the link of its letter."""
    page.click("text=Create an account")
    for name, text in {**NAMES, "email": EMAIL, "password": PASSWORD}.items():
        page.fill(f"#{name}", text)
    page.click("#register-form button")
    expect(page.locator("#done")).to_be_visible()
    page.goto(link(letters))
    page.click("#linked-form button")
    expect(page.locator("#done")).to_be_visible()


def enrol(page: Page) -> tuple[Any, list[str]]:
    """Set an app up; return it, and the recovery codes."""
    pyotp = pytest.importorskip("pyotp")
    page.goto("/shop/auth/account/factors")
    page.fill("#name", "telephone")
    page.click("#app-form button")
    expect(page.locator("#qr svg path").first).to_be_attached()
    app = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))
    page.fill("#enrol_code", app.now())
    page.click("#enrol-form button")
    expect(page.locator("#codes li")).to_have_count(10)
    return app, page.locator("#codes li").all_inner_texts()


def sign_in_by_passkey(page: Page, lost: Callable[[], object]) -> None:
    """Make a passkey; the page of the login offers it, and the authenticator takes that at once."""
    page.goto("/shop/auth/account/passkeys")
    page.fill("#name", "this one")
    page.click("#add-form button")
    expect(page.locator("#passkeys li")).to_contain_text("this one")
    leave(page)
    expect(page.locator("#email:not(input)")).to_have_text(EMAIL)
    lost()


@EVERY
def test_an_account_from_its_beginning_to_its_end(page: Page, letters: Path, lost: Callable[[], object]):
    """Register, verify, sign in, app, passkey, devices, provider, deletion: all below a prefix."""
    page.goto("/shop/notes")
    page.wait_for_url("**/shop/auth/account/login?next=/shop/notes")
    register(page, letters)
    page.goto("/shop/notes")
    sign_in(page)
    page.wait_for_url("**/shop/notes")
    expect(page.locator("body")).to_contain_text("the notes of")

    app, codes = enrol(page)
    leave(page)
    sign_in(page)
    page.fill("#totp", app.at(time.time() + 30))
    page.click("#totp-form button")
    page.wait_for_url("**/shop/auth/account/profile")

    sign_in_by_passkey(page, lost)
    page.goto("/shop/auth/account/devices")
    expect(page.locator("#devices li", has_text="This device")).to_contain_text("Chrome")
    expect(page.locator("#devices li").first).to_contain_text("Loopback")

    page.goto("/shop/auth/account/identities")
    page.get_by_role("button", name="Add Acme").click()
    expect(page.locator("#identities li")).to_contain_text("127.0.0.1")
    leave(page)
    page.get_by_role("link", name="Continue with Acme").click()
    page.click("#use-recovery")
    page.fill("#recovery_code", codes[0])
    page.click("#recovery-form button")
    page.wait_for_url("**/shop/auth/account/profile")

    page.goto("/shop/auth/account/delete")
    page.fill("#own_email", EMAIL)
    page.click("#delete-form button")
    expect(page.locator("#done")).to_be_visible()
    page.goto("/shop/notes")
    page.wait_for_url("**/shop/auth/account/login?next=/shop/notes")


@pytest.fixture
def client(origin: str, port: int, certificate: tuple[Path, Path]) -> Iterator[httpx.Client]:
    """Return a program of another address, which says that it has a third one."""
    trust = ssl.create_default_context(cafile=str(certificate[1]))
    transport = httpx.HTTPTransport(verify=trust, local_address="127.0.0.2")
    headers = {"host": origin.removeprefix("https://"), "x-forwarded-for": "203.0.113.9"}
    # The name of the certificate is not looked up, but asked for.
    url = f"https://127.0.0.1:{port}/shop"
    with httpx.Client(base_url=url, transport=transport, headers=headers) as made:
        made.event_hooks["request"].append(lambda sent: sent.extensions.update(sni_hostname=NAME))
        yield made


@pytest.mark.parametrize(("origin", "settings"), [(STRIPPED, "servers"), (KEPT, "embedded")], indirect=True)
def test_nginx_is_believed_about_the_browser_and_nobody_else(
    client: httpx.Client, letters: Path, settings: dict[str, str], tmp_path: Path
):
    """A device's address is what nginx saw; cookies as large as scopes make them pass."""  # RL-3
    fields = {"email": EMAIL, "password": PASSWORD}
    assert client.post("/auth/register", json={**fields, **NAMES}).status_code == 201
    token = link(letters).partition("token=")[2]
    assert client.post("/auth/verify", json={"token": token, "password": PASSWORD}).status_code == 200
    scopes = [word for number in range(180) for word in ("--scope", f"sells:{number:03}")]
    main = "import sys; from jwt_auth_asgi.cli import main; sys.exit(main(sys.argv[1:]))"
    command = ("-c", main, "users", "set-scopes", EMAIL, *scopes)
    run(*command, directory=tmp_path, env=settings)
    answer = client.post("/auth/login", json={**fields, "transport": "cookies"})
    assert answer.status_code == 200
    assert len(str(answer.headers)) > 3500
    told = client.get("/auth/sessions").json()
    assert [(one["address"], one["place"]) for one in told["sessions"]] == [("127.0.0.2", "Loopback")]
    metadata = client.get("/auth/.well-known/oauth-authorization-server").json()
    assert metadata["token_endpoint"] == f"{ORIGIN}/shop/auth/token"
    root = str(client.base_url.join("/.well-known/"))
    found = client.get(root + "change-password")
    assert found.headers["location"].endswith("/shop/auth/account/password")
    pages = client.get(root + "passkey-endpoints").json()
    assert pages == dict.fromkeys(("enroll", "manage"), f"{ORIGIN}/shop/auth/account/passkeys")
