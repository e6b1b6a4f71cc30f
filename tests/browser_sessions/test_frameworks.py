"""Every framework's own way to the caller shows the same user by cookie, also where it was just renewed."""

from __future__ import annotations

import re

import pytest

from jwt_auth_asgi import BearerMiddleware
from tests.asgi.test_any_app import FRAMEWORKS, WITH_WEBSOCKETS, every, spoken
from tests.browser_sessions.browser import ACCESS, REFRESH, names
from tests.browser_sessions.test_websockets import handshake, shaken
from tests.house.sources import ROOT


@pytest.fixture
def app(request):
    """Return the application of the framework that the test is parametrised with."""
    import importlib  # noqa: PLC0415

    return importlib.import_module(f"tests.asgi.apps.{request.param}").app


@every(FRAMEWORKS)
async def test_the_same_user_by_cookie(app, browser):
    """By the access cookie, then by what the refresh cookie was exchanged for, then nobody."""
    wrapped = BearerMiddleware(app, browser.world.auth, cookies=True)
    known = {"authenticated": True, "identity": browser.user_id, "scopes": []}
    assert (await browser.sent("/whoami", app=wrapped)).json() == known
    browser.expire()
    answer = await browser.sent("/whoami", app=wrapped)
    assert answer.json() == known
    assert sorted(names(answer)) == [ACCESS, REFRESH]
    assert "Cookie" in answer.headers["vary"]
    browser.jar = {}
    assert (await browser.sent("/whoami", app=wrapped)).json()["authenticated"] is False


@every(WITH_WEBSOCKETS)
def test_the_same_user_on_a_websocket(app, browser):
    """The accept brings the cookies, whatever framework sends it."""
    browser.expire()
    wrapped = BearerMiddleware(app, browser.world.auth, cookies=True)
    scope = {**handshake(browser), "path": "/ws", "raw_path": b"/ws"}
    messages = shaken(wrapped, scope)
    assert spoken(messages)[1]["identity"] == browser.user_id
    assert [name for name, _ in messages[0]["headers"]].count(b"set-cookie") == 2


async def test_the_example_of_the_page_works(monkeypatch, tmp_path, browser):
    """Its application greets whoever is signed in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("jwt_auth_core.Auth.from_env", lambda: browser.world.auth)
    page = (ROOT / "docs" / "browser.md").read_text("utf-8")
    names_of = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], names_of)  # noqa: S102 - the page's own code
    answer = await browser.sent("/", app=names_of["app"])
    assert answer.text == f"<h1>Hello, {browser.user_id}</h1>"
    assert (await browser.sent("/auth/me", app=names_of["app"])).status_code == 200
