"""Take the pictures of docs/pages.md and docs/admin.md from the running pages, with everything set up.

python -m docs.take_screens            # into docs/screens; wants Chromium and `uv pip install --group dev`
python -m docs.take_screens FOLDER     # every page, at 360 and 1280 pixels, light and dark, to be looked at
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from jwt_auth_asgi.pages import desk_paths
from jwt_auth_asgi.pages.paths import OPEN, SIGNED_IN
from tests.browser.conftest import FLAGS, PASSWORD, sent
from tests.browser.desk import desk, sign_in
from tests.examples.serving import process
from tests.servers import header

SCREENS: Final = Path(__file__).with_name("screens")
SHOWN: Final = {"login": "light", "factors": "dark", "devices": "light", "delete": "dark"}
DESK: Final = {
    "users": "light",
    "user": "dark",
    "audit": "light",
    "keys": "dark",
    "outbox": "light",
    "health": "dark",
}
_EVENT: Final = (
    "INSERT INTO auth_audit (event_id, at, name, outcome, address) VALUES (?, ?, ?, ?, '192.0.2.7')"
)
_LETTER: Final = """
    INSERT INTO auth_outbox (id, kind, recipient, facts, created_at, due_at, attempts, error, dead_at)
    VALUES ('msg_0006451b1b2f3c5d', 'letter', 'gone@example.com', '{"type": "verify"}', ?, ?, 12, ?, ?)
"""
PEOPLE: Final = (("Ada", "Byron"), ("Alan", "Turing"), ("Edsger", "Dijkstra"), ("Grace", "Hopper"))
WEEK_SECONDS: Final = 7 * 86_400
WIDTHS: Final = (360, 1280)
EMAIL: Final = "ada@example.com"


@contextmanager
def site() -> Iterator[str]:
    """Yield the origin of a server with all that pages can show."""
    env = {
        "MAIL_URL": "memory:",
        "MAIL_FROM": "auth@example.com",
        "PUBLIC_URL": "http://localhost:8017",
        "SERVICE_NAME": "Example shop",
        "ENCRYPTION_KEYS": "a key that encrypts what is on the pictures",
    }
    served = [str(Path(sys.executable).with_name("jwt-auth")), "serve", "--pages", "--development"]
    command = [*served, "--port", "8017"]
    with tempfile.TemporaryDirectory() as folder, process(command, directory=Path(folder), env=env):
        yield env["PUBLIC_URL"]


def page_of(browser: Browser, origin: str, scheme: Any, width: int) -> Page:
    """Return a tab of a browser of its own, in which Ada is signed in."""
    size: Any = {"width": width, "height": 640}
    words: Any = {"locale": "en-GB", "timezone_id": "UTC"}
    context = browser.new_context(base_url=origin, color_scheme=scheme, viewport=size, **words)
    page = context.new_page()
    page.goto("/auth/account/login")
    known = {"email": EMAIL, "password": PASSWORD}
    sent(page, "/auth/register", {**known, "first_name": "Ada", "last_name": "Byron"})
    sent(page, "/auth/login", {**known, "transport": "cookies"})
    return page


def fill(database: Path) -> None:
    """Write a week of logins down, the later the more, and a letter that nobody took."""
    chance, now, names = random.Random(7), int(time.time()), ("login_succeeded", "login_failed")  # noqa: S311
    opened = sqlite3.connect(database, timeout=10)
    with opened:
        for number in range(500):
            at = now - int(chance.triangular(0, WEEK_SECONDS, WEEK_SECONDS / 4))
            fails = chance.random() < 0.2  # noqa: PLR2004 - a fifth
            outcome = "failure" if fails else "success"
            opened.execute(_EVENT, (f"picture {number}", at, names[fails], outcome))
        opened.execute(_LETTER, (now - 90_000, now - 3600, "550 no such mailbox", now - 3600))
    opened.close()


@contextmanager
def office() -> Iterator[str]:
    """Yield the origin of a server with an admin, and with something to see on the desk."""
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder), SERVICE_NAME="Example shop") as origin:
        fill(Path(folder) / "desk.sqlite")
        yield origin


def desk_page(browser: Browser, origin: str, scheme: Any, width: int) -> Page:
    """Return a tab of a browser of its own, in which an admin is signed in, who has a key and a client."""
    size: Any = {"width": width, "height": 640}
    words: Any = {"locale": "en-GB", "timezone_id": "UTC"}
    page = browser.new_context(base_url=origin, color_scheme=scheme, viewport=size, **words).new_page()
    sign_in(page)
    sent(page, "/auth/admin/api/clients", {"client_id": "billing"})
    for first, last in PEOPLE:
        known = {"email": f"{first.lower()}@example.com", "first_name": first, "last_name": last}
        sent(page, "/auth/admin/api/users", known)
    return page


def place_of(page: Page, name: str) -> str:
    """Return where a page of the desk is: that of a user is of one."""
    if name != "user":
        return name
    page.goto("/auth/admin/users?prefix=grace", wait_until="networkidle")
    return f"user?id={page.locator('#users a').get_attribute('href').partition('=')[2]}"


def take_banner(browser: Browser, origin: str, scheme: Any, width: int, path: Path) -> None:
    """Take the picture of a page on which an admin acts for a user."""
    page = desk_page(browser, origin, scheme, width)
    page.goto(f"/auth/admin/{place_of(page, 'user')}", wait_until="networkidle")
    page.click("#impersonate")
    page.click("#question-yes")
    page.wait_for_url("**/profile")
    take(page, "profile", path, is_whole=False)


def take_desk(browser: Browser, origin: str, folder: Path, *, is_all: bool) -> None:
    """Take pictures of the desk: those of docs/admin.md, or of every page."""
    if not is_all:
        for name, scheme in DESK.items():
            page = desk_page(browser, origin, scheme, WIDTHS[0])
            take(page, place_of(page, name), folder / f"desk-{name}.png", below="admin", is_whole=False)
        take_banner(browser, origin, "light", WIDTHS[0], folder / "acting.png")
        return
    for name, scheme, width in product(desk_paths.PAGES, ("light", "dark"), WIDTHS):
        page = desk_page(browser, origin, scheme, width)
        take(page, place_of(page, name), folder / f"desk-{name}-{scheme}-{width}.png", below="admin")
    for scheme, width in product(("light", "dark"), WIDTHS):
        take_banner(browser, origin, scheme, width, folder / f"acting-{scheme}-{width}.png")


def take(page: Page, name: str, path: Path, *, below: str = "account", is_whole: bool = True) -> None:
    """Take one picture, from the top to the end of the page, or of the window."""
    page.goto(f"/auth/{below}/{name}", wait_until="networkidle")
    page.screenshot(path=path, full_page=is_whole)
    page.context.close()


def main() -> None:
    """Take them."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else SCREENS
    folder.mkdir(exist_ok=True)
    is_all = folder != SCREENS
    with sync_playwright() as playwright, site() as origin, office() as desk_origin:
        browser = playwright.chromium.launch(executable_path=header.browser(), args=list(FLAGS))
        take_desk(browser, desk_origin, folder, is_all=is_all)
        if not is_all:
            for name, scheme in SHOWN.items():
                take(page_of(browser, origin, scheme, WIDTHS[0]), name, folder / f"{name}.png")
            return
        for name, scheme, width in product((*OPEN, *SIGNED_IN), ("light", "dark"), WIDTHS):
            page = page_of(browser, origin, scheme, width)
            take(page, name, folder / f"{name}-{scheme}-{width}.png")


if __name__ == "__main__":
    main()
