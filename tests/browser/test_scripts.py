"""The scripts of a few lines that pages show, run in a browser as they stand there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.blocks import block
from tests.browser.conftest import PASSWORD, sent
from tests.examples.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADA = {"email": "ada@example.com", "password": PASSWORD}
COUNTED = """() => {
  window.opened = [];
  const Plain = WebSocket;
  window.WebSocket = class extends Plain { constructor(...all) { super(...all); window.opened.push(this); } };
}"""
SAID = """() => Promise.all(window.opened.map(socket => new Promise((said) => {
  const say = () => socket.send("hello");
  socket.onmessage = ({data}) => { socket.close(); said(`${socket.protocol}: ${data.split(" said ")[1]}`); };
  socket.onclose = ({code}) => said(code);
  socket.readyState === 1 ? say() : socket.onopen = say;
})))"""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the origin of the example with a websocket."""
    with served("examples.websocket:app", directory=tmp_path_factory.mktemp("scripts")) as origin:
        yield origin


@pytest.fixture
def token(page: Page) -> object:
    """Return the access token of a user who is logged in on the tab's page."""
    page.goto("/")
    sent(page, "/auth/register", {**ADA, "first_name": "Ada", "last_name": "Lovelace"})
    return sent(page, "/auth/login", ADA)[1]["access_token"]


def run(page: Page, script: str, **names: object) -> None:
    """Run a script in which these names are the reader's."""
    given = ", ".join(names)
    page.evaluate(f"async ({{{given}}}) => {{ {script} }}", names)


@pytest.mark.usefixtures("token")
def test_a_page_logs_in_by_cookies(page: Page, context: BrowserContext):
    """By the script of docs/browser.md; both tokens are where no script reads them."""
    context.clear_cookies()
    run(page, block("docs/browser.md", "javascript"), **ADA)
    kept = {cookie["name"].removeprefix("__Host-"): cookie["httpOnly"] for cookie in context.cookies()}
    assert kept == {"access_token": True, "refresh_token": True, "device": True}


@pytest.mark.usefixtures("token")
def test_one_refresh_runs_at_a_time(page: Page):
    """By the script of docs/auth-app.md: of three that are asked for at once each is served."""
    script = block("docs/auth-app.md", "js")
    asked = "Promise.all([refresh(), refresh(), refresh()])"
    answers = page.evaluate(f"async () => {{ {script}; return ({asked}).then(a => a.map(b => b.status)); }}")
    assert answers == [200, 200, 200]


@pytest.mark.parametrize(("name", "protocols"), [("middleware", 2), ("websocket", 1)])
def test_a_websocket_is_opened(page: Page, token: object, name: str, protocols: int):
    """By the scripts of docs/middleware.md, with a token, and of docs/websocket.md, with a ticket."""
    page.evaluate(COUNTED)
    url = page.url.replace("http", "ws", 1) + "echo"
    run(page, block(f"docs/{name}.md", "js"), url=url, accessToken=token)
    assert page.evaluate(SAID) == ["bearer: hello"] * protocols
