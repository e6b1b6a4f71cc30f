"""A served desk with its first admin, for the tests of its pages in a browser."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, sent
from tests.examples.serving import process, run

ADMIN = "boss@example.com"
KEY = "b7Qm-2xW9-kT4v-pL8s-nZ6y-cR3f-hJ1d"


@contextmanager
def desk(
    directory: Path, *, admins: Sequence[str] = (ADMIN,), roles: Mapping[str, str] | None = None, **more: str
) -> Iterator[str]:
    """Yield the origin of a server with the pages; its admins have the password of all tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    origin = f"http://localhost:{port}"  # passkeys want a name, and its port
    env = {
        "JWT_KEY": KEY,
        "DATABASE_URL": f"sqlite:///{directory / 'desk.sqlite'}",
        "COOKIE_SECURE": "false",
        "MAIL_URL": "memory:",
        "MAIL_FROM": "a@example.com",
        "PUBLIC_URL": origin,
        "ENCRYPTION_KEYS": "a key that encrypts what the tests of the desk keep",
        **more,
    }
    command = str(Path(sys.executable).with_name("jwt-auth"))
    run(command, "migrate", directory=directory, env=env)
    names = ("--first-name", "Bea", "--last-name", "Boss", "--scope", "auth:admin")
    for email in admins:
        run(command, "users", "add", email, *names, directory=directory, env=env, text=f"{PASSWORD}\n")
    for name, scope in (roles or {}).items():
        run(command, "roles", "define", name, "--scope", scope, directory=directory, env=env)
    served = [command, "serve", "--pages", "--development", "--port", str(port)]
    with process(served, directory=directory, env=env):
        yield origin


def sign_in(page: Page, email: str = ADMIN) -> None:
    """Sign somebody in by cookies."""
    page.goto("/auth/account/login")
    status, answer = sent(page, "/auth/login", {"email": email, "password": PASSWORD, "transport": "cookies"})
    assert status == 200, answer


def agree(page: Page) -> None:
    """Have questions of the desk answered with yes, whenever one is in the way."""
    page.add_locator_handler(page.locator("#question"), lambda: page.click("#question-yes"))


def said(page: Page, text: str) -> None:
    """Expect what the live region of the page says."""
    expect(page.locator("#said")).to_contain_text(text)


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds; it runs in the world of the test, which the policy does not bind."""
    return [one["id"] for one in Axe().run(page).response["violations"]]
