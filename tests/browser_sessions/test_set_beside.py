"""An exchange before a handler that sets cookies of ours itself: the handler's word is the last one."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from jwt_auth_asgi import BearerMiddleware
from tests.auth_app.suite.client import LOGIN, PASSWORD
from tests.browser_sessions.both import world
from tests.browser_sessions.browser import ACCESS, REFRESH, SAME, Browser, names, set_cookies

__all__ = ["world"]

NEW = "green-heron-7-walks"
OURS = (ACCESS, REFRESH)


@pytest.fixture(params=["gone", "sent"])
def over(request, browser):
    """Return a browser whose access token is over; it has dropped the cookie, or sends it still."""
    if request.param == "gone":
        browser.expire()
    else:
        browser.world.now += 901
    return browser


def ours(answer):
    """Return the names of our cookies that an answer sets, each as often as it does."""
    return sorted(name for name in names(answer) if name in OURS)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/reauthenticate", {"password": PASSWORD, "transport": "cookies"}),
        ("/auth/reauthenticate", {"password": PASSWORD}),
        ("/auth/password", {"current_password": PASSWORD, "new_password": NEW}),
    ],
)
def test_a_new_session_is_not_put_back(over, path, body):
    """The session that the token was exchanged for is over by then; the browser has the new one's cookies."""
    answer = over.fetch(path, method="POST", headers=SAME, json=body)
    assert answer.status_code == 200, answer.text
    assert len(set(ours(answer))) == len(ours(answer))
    assert over.fetch("/me").json()["user"] == over.user_id
    over.expire()
    assert over.fetch("/me").json()["user"] == over.user_id


@pytest.mark.parametrize("path", ["/auth/logout-all", "/auth/sessions/{session}"])
def test_what_was_cleared_is_not_put_back(over, path):
    """Nothing of a session that the handler has ended is handed out."""
    session = over.world.auth.list_sessions(over.user_id)[0].session_id
    method = "DELETE" if "{" in path else "POST"
    answer = over.fetch(path.format(session=session), method=method, headers=SAME)
    assert answer.status_code == 200, answer.text
    assert {age for name, _, age in set_cookies(answer) if name in OURS} == {"0"}
    assert REFRESH not in over.jar


def application(lines):
    """Return an application that sets cookies by these lines."""

    async def app(scope, receive, send):
        answer = Response()
        answer.raw_headers.extend((b"Set-Cookie", line) for line in lines)
        await answer(scope, receive, send)

    return app


@pytest.mark.parametrize(
    ("line", "brought"),
    [
        (b"theme=dark", [ACCESS, REFRESH]),
        (b"access_token=x", [ACCESS, REFRESH]),
        (b"__Host-access_token=x; Path=/; Secure", [REFRESH]),
        (b"__Host-access_token=; Max-Age=0; Path=/; Secure", [REFRESH]),
        (b"__Host-refresh_token=x; Path=/; Secure", []),
        (b" __Host-refresh_token =x; Path=/; Secure", []),
    ],
)
def test_each_cookie_is_set_once(browser, line, brought):
    """By its name. An access token goes with the refresh token that it was issued with, or not at all."""
    browser.app = BearerMiddleware(application([line]), browser.world.auth, cookies=True)
    browser.expire()
    answer = browser.fetch("/")
    name = line.partition(b"=")[0].strip().decode()
    assert sorted(one.strip() for one in names(answer)) == sorted([*brought, name])
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_login_of_the_applications_own_is_not_taken_away(browser):
    """The token at hand is bad and would be cleared; the answer brings another."""
    good = browser.jar[REFRESH]
    line = f"{REFRESH}={good}; Path=/; Secure".encode()
    browser.app = BearerMiddleware(application([line]), browser.world.auth, cookies=True)
    browser.jar = {REFRESH: "x"}
    browser.fetch("/")
    assert browser.jar == {REFRESH: good}


def test_a_login_is_what_it_was(world):
    """Nothing is exchanged there, and what it sets is left as it is."""
    browser = Browser(world)
    browser.sign_in()
    browser.expire()
    answer = browser.fetch("/auth/login", method="POST", json={**LOGIN, "transport": "cookies"}, headers=SAME)
    assert ours(answer) == [ACCESS, REFRESH]
