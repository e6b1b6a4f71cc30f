"""Take the pictures of docs/pages.md from the running pages, as a user with everything set up sees them.

python -m docs.take_screens            # into docs/screens; wants Chromium and `uv pip install --group dev`
python -m docs.take_screens FOLDER     # every page, at 360 and 1280 pixels, light and dark, to be looked at
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from jwt_auth_asgi.pages.paths import OPEN, SIGNED_IN
from tests.browser.conftest import FLAGS, PASSWORD, sent
from tests.examples.serving import process
from tests.servers import header

SCREENS: Final = Path(__file__).with_name("screens")
SHOWN: Final = {"login": "light", "factors": "dark", "devices": "light", "delete": "dark"}
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


def take(page: Page, name: str, path: Path) -> None:
    """Take one picture, from the top to the end of the page."""
    page.goto(f"/auth/account/{name}", wait_until="networkidle")
    page.screenshot(path=path, full_page=True)
    page.context.close()


def main() -> None:
    """Take them."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else SCREENS
    folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright, site() as origin:
        browser = playwright.chromium.launch(executable_path=header.browser(), args=list(FLAGS))
        if folder == SCREENS:
            for name, scheme in SHOWN.items():
                take(page_of(browser, origin, scheme, WIDTHS[0]), name, folder / f"{name}.png")
            return
        for name, scheme, width in product((*OPEN, *SIGNED_IN), ("light", "dark"), WIDTHS):
            page = page_of(browser, origin, scheme, width)
            take(page, name, folder / f"{name}-{scheme}-{width}.png")


if __name__ == "__main__":
    main()
