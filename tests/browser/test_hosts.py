"""The account pages in applications whose middleware reads no cookies, or that have none: each page works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, quietly
from tests.browser.test_passkeys import TELEPHONE
from tests.examples.serving import served
from tests.identities.issuer import Issuer, serving, variables_of
from tests.servers.valkey import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTS = """
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount
from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_core import Auth, Settings
from jwt_auth_fastapi import auth_router

auth = Auth.from_settings(Settings.from_env())
auth.migrate()
alone = Starlette(routes=[Mount("/auth", create_app(auth, pages=True))])
headers = BearerMiddleware(alone, auth)
routed = FastAPI()
routed.include_router(auth_router(auth, pages=True))
guarded = BearerMiddleware(routed, auth)
"""
EMAIL = "ada@example.com"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """Return a provider on another site."""
    with serving() as made:
        yield made


@pytest.fixture
def elsewhere(issuer: Issuer) -> tuple[str, ...]:
    """Return the one place of another site: where its user agrees."""
    return (f"{issuer.url}/authorize?", f"{issuer.url}/favicon.ico")


@pytest.fixture(params=["alone", "headers", "routed", "guarded"])
def origin(request: pytest.FixtureRequest, issuer: Issuer, tmp_path: Path) -> Iterator[str]:
    """Return the origin of an application that has the pages, and no cookies in its middleware."""
    (tmp_path / "hosts.py").write_text(HOSTS, "utf-8")
    port = free_port()
    origin = f"http://localhost:{port}"
    env = {**variables_of(issuer), "JWT_KEY": "a key that only the tests of hosts know", "PUBLIC_URL": origin}
    env |= {"COOKIE_SECURE": "false", "ENCRYPTION_KEYS": "a key that encrypts what the tests of hosts keep"}
    env |= {"DATABASE_URL": f"sqlite:///{tmp_path}/hosts.db"}
    options = ("--port", str(port))
    with served(f"hosts:{request.param}", directory=tmp_path, env=env, options=options):
        yield origin


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Return a tab in which nothing is said to the console but answers that refuse something."""
    yield from quietly(page)


def said(page: Page, text: str) -> None:
    """Expect what the live region of the page says."""
    expect(page.locator("#said")).to_contain_text(text)


def test_every_page_works(page: Page, context: BrowserContext):
    """A login of the pages is found again on each of them, by the refresh cookie alone."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    page.goto("/auth/account/register")
    for name, text in {"first_name": "A", "last_name": "B", "email": EMAIL, "password": PASSWORD}.items():
        page.fill(f"#{name}", text)
    page.click("#register-form button")
    page.wait_for_url("**/auth/account/profile")
    expect(page.locator("#email")).to_have_text(EMAIL)
    with page.expect_download() as download:
        page.click("#export")
    assert EMAIL in json.dumps(json.loads(download.value.path().read_text("utf-8")))

    page.goto("/auth/account/passkeys")
    page.fill("#name", "telephone")
    page.click("#add-form button")
    said(page, "The passkey may be used.")
    page.goto("/auth/account/identities")
    page.get_by_role("button", name="Add Acme").click()
    expect(page.locator("#identities li")).to_contain_text("127.0.0.1")
    page.goto("/auth/account/devices")
    expect(page.locator("#devices li")).to_contain_text("This device")
    page.goto("/auth/account/api-keys")
    page.fill("#name", "nightly")
    page.click("#key-form button")
    expect(page.locator("#key")).to_contain_text("jak_")
    page.goto("/auth/account/factors")
    page.fill("#name", "app")
    page.click("#app-form button")
    expect(page.locator("#qr svg path").first).to_be_attached()
    page.goto("/auth/account/password")
    page.fill("#current_password", PASSWORD)
    page.fill("#new_password", "silver-heron-4-walks")
    page.click("#password-form button")
    said(page, "The password is changed.")

    page.goto("/auth/account/delete")
    page.fill("#own_email", EMAIL)
    page.click("#delete-form button")
    expect(page.locator("#done")).to_be_visible()
    page.goto("/auth/account/profile")
    page.wait_for_url("**/auth/account/login?next=%2Fauth%2Faccount%2Fprofile")
