"""A real browser, and pages of it that may talk to the application only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers import header

FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage", "--disable-gpu")
PASSWORD = "purple-otter-9-sings"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser; of a module, because its event loop must not outlive the tests that use it."""
    path = header.browser()
    if path is None:
        pytest.skip("no Chromium or Chrome found")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def elsewhere() -> tuple[str, ...]:
    """Return the origins of others that a tab may go to; files that sign in with a provider have some."""
    return ()


@pytest.fixture
def context(browser: Browser, origin: str, elsewhere: tuple[str, ...]) -> Iterator[BrowserContext]:
    """Return a fresh profile; whatever its pages load must come from the application itself."""
    asked: list[str] = []
    broken: list[str] = []
    context = browser.new_context(base_url=origin, ignore_https_errors=True)
    context.set_default_timeout(20_000)
    context.on("request", lambda request: asked.append(request.url))
    context.on("weberror", lambda error: broken.append(str(error.error)))
    yield context
    context.close()
    assert [url for url in asked if not url.startswith((origin + "/", "data:", *elsewhere))] == []
    assert broken == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Return one tab."""
    return context.new_page()


def quietly(page: Page) -> Iterator[Page]:
    """Yield a tab in which nothing may be said to the console but answers that refuse something."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    yield page
    assert [text for text in said if not text.startswith("Failed to load resource")] == []


@pytest.fixture
def post(page: Page) -> Callable[..., tuple[int, dict[str, object]]]:
    """Return what sends JSON from the tab: (path, fields) -> (status, answer)."""
    return lambda path, fields=None, tab=page: sent(tab, path, fields)


def sent(tab: Page, path: str, fields: dict[str, str] | None = None) -> tuple[int, dict[str, object]]:
    """Send JSON from a tab; return the status and the answer."""
    script = """async ([path, fields]) => {
      const headers = fields ? {"Content-Type": "application/json"} : {};
      const answer = await fetch(path, {method: "POST", headers, body: fields && JSON.stringify(fields)});
      return [answer.status, await answer.json()];
    }"""
    status, answer = tab.evaluate(script, [path, fields])
    return status, answer
