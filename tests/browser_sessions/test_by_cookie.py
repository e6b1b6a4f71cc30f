"""Who calls by the access cookie, and what must be of our own origin."""

from __future__ import annotations

import asyncio

import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from tests.auth_app.suite.client import ORIGIN, PASSWORD
from tests.browser_sessions.browser import ACCESS, REFRESH, SAME, Browser, application, names


def user(answer):
    """Return who an answer says calls."""
    assert answer.status_code == 200, answer.text
    return answer.json()["user"]


def test_the_cookie_says_who_calls(browser):
    """Without a header, and without an exchange as long as its token is good."""
    answer = browser.fetch("/me")
    assert user(answer) == browser.user_id
    assert names(answer) == []
    assert answer.headers["cache-control"] == "public, max-age=60"


def test_the_header_wins(browser):
    """Its token is refused where it is bad, and says who calls where it is good, whatever cookies say."""
    assert browser.fetch("/me", headers={"authorization": "Bearer x"}).status_code == 401
    other = browser.world.auth.tokens.issue(subject="somebody else")
    assert user(browser.fetch("/me", headers={"authorization": f"Bearer {other}"})) == "somebody else"
    assert user(browser.fetch("/me", headers={"authorization": "Basic YTpi"})) == browser.user_id


@pytest.mark.parametrize("path", ["/me", "/sets", "/nowhere", "/auth/me", "/auth/login"])
def test_every_answer_varies_by_cookie(browser, path):
    """Who has none gets another, whatever else the application varies by."""
    for jar in (browser.jar, {}):
        browser.jar = jar
        varied = ", ".join(browser.fetch(path).headers.get_list("vary"))
        assert varied.count("Cookie") == 1
    assert "Accept" in browser.fetch("/sets").headers["vary"]


def test_without_cookies_nothing_is_read_and_nothing_varies(world):
    """As before: the header alone says who calls."""
    browser = Browser(world, cookies=False)
    browser.sign_in()
    answer = browser.fetch("/me")
    assert user(answer) == ""
    assert "vary" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (SAME, 200),
        ({"origin": ORIGIN}, 200),
        ({"origin": ORIGIN, "sec-fetch-site": "none"}, 200),
        ({}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "same-site", "origin": ORIGIN}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://sub.app.example"}, 403),
        ({"origin": "http://app.example"}, 403),
        ({"origin": "https://app.example:8443"}, 403),
        ({"origin": "null"}, 403),
    ],
)
@pytest.mark.parametrize("is_over", [False, True])
def test_what_changes_something_is_of_our_own_origin(browser, headers, status, is_over):
    """403 otherwise, before the application runs and before anything is exchanged."""
    # CK-04
    if is_over:
        browser.expire()
    answer = browser.fetch("/me", method="POST", headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross_site"
        assert names(answer) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_may_come_from_elsewhere(browser, method):
    """A link in a letter finds the user signed in."""
    answer = browser.fetch("/me", method=method, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/me", "/auth/me"])
def test_no_page_from_elsewhere_may_read_what_the_cookie_opens(browser, path):
    """Its browser is told of no other origin, and so hands the answer to none (Fetch, "CORS check")."""
    sent = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
    answer = browser.fetch(path, headers=sent)
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_whoever_has_no_cookie_is_as_before(world):
    """A form from elsewhere by somebody who is not signed in is the application's to judge."""
    answer = Browser(world).fetch("/me", method="POST", headers={"sec-fetch-site": "cross-site"})
    assert user(answer) == ""


def test_public_url_is_an_origin_of_ours(world):
    """Where a proxy changes the Host, the setting says which it is."""
    from dataclasses import replace  # noqa: PLC0415

    settings = replace(world.settings, public_url="https://shop.example/path")
    browser = Browser(world)
    browser.sign_in()
    browser.app = application(replace(world.auth, settings=settings))
    assert browser.fetch("/me", method="POST", headers={"origin": "https://shop.example"}).status_code == 200
    assert browser.fetch("/me", method="POST", headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("value", ["x", "a.b.c", '"{}"', "{}; __Host-access_token={}", "jak_" + "a" * 36])
def test_a_bad_cookie_is_as_good_as_none(browser, value):
    """It came by itself, and a refusal would lock its owner out; so nobody calls."""
    # CK-02
    token = browser.jar[ACCESS]
    browser.jar = {ACCESS: value.replace("{}", token)}
    assert user(browser.fetch("/me")) == ""


@pytest.mark.parametrize("others", ["a=b; {}; c=d", "x__Host-access_token=1; {}", "{};c=d", "c=d;{}"])
def test_it_is_found_among_others(browser, others):
    """Cookies of other applications, however odd, do not matter."""
    cookie = others.replace("{}", f"{ACCESS}={browser.jar[ACCESS]}")
    browser.jar = {}
    assert user(browser.fetch("/me", headers={"cookie": cookie})) == browser.user_id


def test_the_auth_app_knows_the_same_user(browser):
    """Its routes take the cookie where the middleware did, also the one that it was exchanged for."""
    assert browser.fetch("/auth/me").json()["user_id"] == browser.user_id
    browser.expire()
    answer = browser.fetch("/auth/me", headers={"authorization": "Basic YTpi"})
    assert answer.json()["user_id"] == browser.user_id
    change = {"current_password": PASSWORD, "new_password": "green-heron-7-walks"}
    assert browser.fetch("/auth/password", method="POST", json=change, headers=SAME).status_code == 200
    assert browser.fetch("/auth/password", method="POST", json=change).json()["code"] == "cross_site"
    assert user(browser.fetch("/me")) == browser.user_id


def test_a_guarded_path_takes_the_cookie(world):
    """With public= whoever has none is refused, and so is one whose cookies are of no use."""
    browser = Browser(world, public={"/stream"})
    assert browser.fetch("/me").status_code == 401
    browser.sign_in()
    assert user(browser.fetch("/me")) == browser.user_id
    browser.jar = {ACCESS: "x", REFRESH: "x"}
    answer = browser.fetch("/me")
    assert answer.status_code == 401
    assert sorted(names(answer)) == [ACCESS, REFRESH]


async def test_tokens_alone_have_a_cookie_of_the_usual_name():
    """An `AccessTokens` knows no sessions: the cookie is read, and nothing is exchanged."""
    seen = []

    async def app(scope, _receive, send):
        seen.append(scope["user"].identity)
        await send({"type": "http.response.start", "status": 204})

    async def send(message):
        seen.append(message["headers"])

    tokens = AccessTokens(KeyRing.from_secret("zR4v-9tYw2_Lq8NnB6xMf3Hc7Kd1PsGjXe5Qa0"))
    middleware = BearerMiddleware(app, tokens, cookies=True)
    for cookie in (f"{ACCESS}={tokens.issue(subject='42')}", f"{REFRESH}=x"):
        lines = [(b"cookie", cookie.encode()), (b"cookie", b"a=b")]
        await middleware({"type": "http", "method": "GET", "path": "/", "headers": lines}, None, send)
    assert seen == ["42", [(b"vary", b"Cookie")], "", [(b"vary", b"Cookie")]]


def test_a_role_that_is_gone_is_gone_at_once(browser):
    """The access token is refused, and the session goes on with what is left."""
    browser.world.auth.roles.define("editor", {"posts:*"})
    browser.world.auth.roles.grant(browser.user_id, "editor")
    browser.sign_in()
    browser.world.auth.roles.revoke(browser.user_id, "editor")
    answer = browser.fetch("/me")
    assert user(answer) == browser.user_id
    assert sorted(names(answer)) == [ACCESS, REFRESH]


def test_the_own_auth_is_made_at_the_first_cookie(world, monkeypatch):
    """Left out, it comes from the environment, and its settings name the cookies."""
    monkeypatch.setattr("jwt_auth_core.default.default_auth", lambda: world.auth)
    browser = Browser(world)
    browser.sign_in()
    middleware = BearerMiddleware(browser.app.app, cookies=True)
    answer = asyncio.run(browser.sent("/me", app=middleware))
    assert user(answer) == browser.user_id
