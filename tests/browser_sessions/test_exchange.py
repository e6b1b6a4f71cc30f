"""A login that is over is renewed before the application runs, and what each outcome does to the cookies."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from jwt_auth_asgi.browser import exchanges
from tests.auth_app.suite.client import LOGIN, PASSWORD
from tests.auth_app.world import broken
from tests.browser_sessions.browser import ACCESS, REFRESH, SAME, Browser, application, names, set_cookies

BOTH = [ACCESS, REFRESH]
LAX = "; Path=/; HttpOnly; Secure; SameSite=Lax"


def user(answer):
    """Return who an answer says calls."""
    assert answer.status_code == 200, answer.text
    return answer.json()["user"]


def test_a_missing_access_token_is_renewed(browser):
    """The application sees the user, and the answer brings both cookies and may be kept by nobody."""
    browser.expire()
    old = browser.jar[REFRESH]
    answer = browser.fetch("/me")
    assert user(answer) == browser.user_id
    lines = sorted(answer.headers.get_list("set-cookie"))
    lifetime = {name: age for name, _, age in set_cookies(answer)}[ACCESS]  # some seconds less than 900
    assert 800 < int(lifetime) <= 900
    assert lines[0] == f"{ACCESS}={browser.jar[ACCESS]}; Max-Age={lifetime}{LAX}"
    assert lines[1] == f"{REFRESH}={browser.jar[REFRESH]}; Max-Age=1209600{LAX}"
    assert browser.jar[REFRESH] != old
    assert answer.headers["cache-control"] == "private, no-store"
    assert "cdn-cache-control" not in answer.headers
    assert answer.headers["etag"] == '"1"'


def test_one_that_is_over_is_renewed(browser):
    """Also where the browser still sends it: its clock is wrong, or a proxy was slow."""
    browser.world.now += 901
    assert user(browser.fetch("/me")) == browser.user_id
    assert names(browser.fetch("/me")) == []


@pytest.mark.parametrize("path", ["/stream", "/sets", "/nowhere", "/auth/sessions"])
def test_whatever_the_application_answers_brings_them(browser, path):
    """A stream, an error, a cookie of its own."""
    browser.expire()
    found = names(browser.fetch(path))
    assert sorted(name for name in found if name != "theme") == BOTH
    assert ("theme" in found) == (path == "/sets")


def test_an_application_that_fails_loses_nothing(browser):
    """Its exception goes on as it is; whoever catches it sets no cookies, and the next answer does."""
    # ASGI-12
    browser.expire()
    assert browser.fetch("/fails").status_code == 500
    assert user(browser.fetch("/me")) == browser.user_id


@pytest.mark.parametrize("path", ["/auth/login", "/auth/refresh", "/auth/logout"])
def test_an_exempt_path_exchanges_nothing(browser, path):
    """These take credentials of their own."""
    browser.expire()
    body = LOGIN | {"password": "wrong horse battery"} if path == "/auth/login" else None
    before = browser.jar[REFRESH]
    browser.fetch(path, method="POST", json=body, headers=SAME)
    assert ACCESS not in browser.jar or path == "/auth/refresh"
    browser.jar = {REFRESH: before}
    answer = browser.fetch("/me")
    assert (user(answer) == browser.user_id) == (path != "/auth/logout")


def test_a_header_exchanges_nothing(browser):
    """Whoever sends a token of its own is no browser of ours."""
    browser.expire()
    token = browser.world.auth.tokens.issue(subject="42")
    assert names(browser.fetch("/me", headers={"authorization": f"Bearer {token}"})) == []


def test_a_token_of_the_other_transport_is_exchanged_too(world):
    """Strict until now, Lax from here on: the application wants its pages to know the user."""
    browser = Browser(world)
    browser.sign_in(transport="cookie")
    assert ACCESS not in browser.jar
    assert sorted(names(browser.fetch("/me"))) == BOTH


@pytest.mark.parametrize("token", ["x", "A" * 190])
def test_a_bad_token_goes(browser, token):
    """Nobody calls, and both cookies are taken away."""
    browser.jar = {ACCESS: "x", REFRESH: token}
    answer = browser.fetch("/me")
    assert user(answer) == ""
    assert browser.jar.keys() <= {"__Host-device"}
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_reused_token_goes_and_ends_the_session(browser):
    """Who comes with a token that was spent long ago, and whoever has the newer one, are both out."""
    # RF-04
    old = dict(browser.jar)
    for _ in range(2):
        browser.expire()
        browser.fetch("/me")
        browser.world.now += 11
    newest, browser.jar = browser.jar, {REFRESH: old[REFRESH]}
    assert user(browser.fetch("/me")) == ""
    assert browser.jar.keys() <= {"__Host-device"}
    browser.jar = newest
    assert user(browser.fetch("/me")) == ""
    assert browser.jar.keys() <= {"__Host-device"}


def test_a_revoked_session_is_over_for_its_cookies_too(browser):
    """Ended elsewhere: nobody calls, at once, and both are taken away."""
    session = browser.fetch("/auth/sessions").json()["sessions"][0]["session_id"]
    browser.world.auth.revoke_session(browser.user_id, session)
    assert user(browser.fetch("/me")) == ""
    assert REFRESH not in browser.jar


def test_a_session_that_gave_way_leaves_the_cookies_alone(browser):
    """A login's answer brings new ones; a request on its way with the old ones must not take them away."""
    old = dict(browser.jar)
    browser.fetch("/auth/login", method="POST", json={**LOGIN, "transport": "cookies"}, headers=SAME)
    for jar in (old, {REFRESH: old[REFRESH]}):
        browser.jar, newest = jar, browser.jar
        answer = browser.fetch("/me")
        assert user(answer) == ""
        assert names(answer) == []
        browser.jar = newest
    assert user(browser.fetch("/me")) == browser.user_id


def test_a_changed_password_leaves_the_cookies_alone(browser):
    """At another browser nobody calls any more; at the one that changed it the new cookies are kept."""
    elsewhere = Browser(browser.world)
    elsewhere.sign_in()
    change = {"current_password": PASSWORD, "new_password": "green-heron-7-walks"}
    assert browser.fetch("/auth/password", method="POST", json=change, headers=SAME).status_code == 200
    answer = elsewhere.fetch("/me")
    assert user(answer) == ""
    assert names(answer) == []
    assert user(browser.fetch("/me")) == browser.user_id


def superseded(browser):
    """Have the browser hold the parent of a token that was confirmed a moment ago."""
    old = dict(browser.jar)
    browser.expire()
    browser.fetch("/me")
    newest = dict(browser.jar)
    browser.expire()
    browser.fetch("/me")
    browser.jar = {REFRESH: old[REFRESH]}
    return newest


@pytest.mark.parametrize(
    ("path", "location"),
    [("/guarded/page?a=%20b&c", "./page?a=%20b&c"), ("/a%2Fb:c", "./a%2Fb:c"), ("/x/", "./"), ("/", "./")],
)
def test_a_superseded_token_asks_again(browser, path, location):
    """307 to the same URL, whatever prefix it has outside: by then the browser holds the newer one."""
    superseded(browser)
    answer = browser.fetch(path)
    assert (answer.status_code, answer.headers["location"]) == (307, location)
    assert names(answer) == []
    assert answer.headers["cache-control"] == "private, no-store"


def test_what_changes_something_is_not_sent_again(browser):
    """409 for a superseded token: whether to repeat it is the page's to say."""
    superseded(browser)
    answer = browser.fetch("/me", method="PUT", headers=SAME)
    assert (answer.status_code, answer.json()["code"]) == (409, "refresh_superseded")
    assert names(answer) == []


def test_a_store_that_is_down_is_said_so(browser):
    """503 with Retry-After, and the cookies stay as they are."""
    browser.expire()
    browser.app = application(broken(browser.world.auth, "refresh"))
    answer = browser.fetch("/me")
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert names(answer) == []


def test_a_token_too_large_for_a_cookie_is_refused(browser):
    """501 that says so, instead of a session that begins anew at each request."""
    auth = browser.world.auth
    auth.end_user.set_scopes(browser.user_id, {f"reports:{number:04}" for number in range(140)})
    for role in "ab":
        auth.roles.define(role, {f"{role}:reports:{number}" for number in range(60)})
        auth.roles.grant(browser.user_id, role)
    browser.expire()
    answer = browser.fetch("/me")
    assert (answer.status_code, answer.json()["code"]) == (501, "token_too_large")


async def test_requests_of_a_page_share_one_exchange(browser, monkeypatch):
    """Twenty at once, and those that come a moment later with the old token, bring the same cookies."""
    browser.expire()
    asked = counted(browser, monkeypatch)
    answers = await asyncio.gather(*(browser.sent("/me") for _ in range(20)))
    answers.append(await browser.sent("/stream"))
    assert asked == [1]
    assert len({tuple(sorted(answer.headers.get_list("set-cookie"))) for answer in answers}) == 1


async def test_what_was_shared_is_not_handed_out_after_its_end(browser, monkeypatch):
    """A logout between two requests with one token: the second one is nobody's."""
    browser.expire()
    asked = counted(browser, monkeypatch)
    await browser.sent("/me")
    await browser.sent("/auth/logout", method="POST", headers=SAME)
    assert user(await browser.fetched("/me")) == ""
    assert browser.jar.keys() <= {"__Host-device"}
    assert asked == [1, 1]


async def test_a_late_answer_brings_no_cookies(browser, monkeypatch):
    """More than five seconds after the exchange there may be newer ones; the user is known all the same."""
    browser.expire()
    times = iter([0.0, 5.0])
    shared = exchanges.exchanges_of(browser.world.auth)
    monkeypatch.setattr(shared, "_monotonic", lambda: next(times))
    answer = await browser.sent("/me")
    assert user(answer) == browser.user_id
    assert names(answer) == []


async def test_what_is_over_is_forgotten(browser, monkeypatch):
    """An exchange is kept for five seconds; the next one clears it away."""
    shared = exchanges.exchanges_of(browser.world.auth)
    now = [0.0]
    monkeypatch.setattr(shared, "_monotonic", lambda: now[0])
    for _ in range(3):
        browser.expire()
        await browser.fetched("/me")
        now[0] += 6
    assert len(shared) == 1


async def test_whoever_goes_away_takes_nothing_from_the_others(browser):
    """A request that is cancelled leaves the exchange to those who wait with it."""
    browser.expire()
    first = asyncio.ensure_future(browser.sent("/me"))
    second = asyncio.ensure_future(browser.sent("/me"))
    await asyncio.sleep(0)
    first.cancel()
    assert user(await second) == browser.user_id
    with pytest.raises(asyncio.CancelledError):
        await first


def test_each_request_may_ask_the_stores(browser):
    """check="always": a session that ended elsewhere is refused unheard of, and its cookies go."""
    auth = browser.world.auth
    browser.app = application(auth, check="always")
    assert user(browser.fetch("/me")) == browser.user_id
    assert names(browser.fetch("/me")) == []
    auth.logout(browser.jar[REFRESH])
    only = {ACCESS: browser.jar[ACCESS]}
    token = browser.jar[ACCESS]
    assert user(browser.fetch("/me")) == ""
    assert browser.jar.keys() & set(BOTH) == set()
    browser.jar = only
    assert user(browser.fetch("/me")) == ""
    assert browser.fetch("/me", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_middlewares_of_one_auth_share_their_exchanges(world):
    """And the threads of the auth app: there is one of each in a process."""
    auth = replace(world.auth)
    first = exchanges.exchanges_of(auth)
    assert exchanges.exchanges_of(auth) is first
    assert exchanges.exchanges_of(replace(auth)) is not first


def counted(browser, monkeypatch):
    """Return the sizes of the batches that go to the stores from now on."""
    from jwt_auth_asgi.features.service_source import service_of  # noqa: PLC0415

    service, sizes = service_of(browser.world.auth), []
    ask = service.refresh

    async def refresh(token, scope):
        sizes.append(1)
        return await ask(token, scope)

    monkeypatch.setattr(service, "refresh", refresh)
    return sizes
