"""An admin acts for a user in a browser: as the user, and never unawares as the admin."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import Response

from jwt_auth_asgi import BearerMiddleware
from tests.auth_app.suite.client import LOGIN, PASSWORD, problem
from tests.auth_app.suite.scopes import grant_too_many
from tests.browser_sessions.both import world
from tests.browser_sessions.browser import ACCESS, REFRESH, SAME, Browser, names

__all__ = ["world"]

ACTING = "__Host-acting"
EVE = {"email": "eve@example.com", "password": PASSWORD, "first_name": "Eve", "last_name": "Adams"}
END = "/auth/admin/api/impersonation/end"
COOKIES = {"transport": "cookies"}


@pytest.fixture
def admin(world):
    """Return a browser in which an admin is signed in."""
    browser = Browser(world)
    browser.sign_in()
    world.auth.end_user.set_scopes(browser.user_id, ["auth:admin"])
    browser.fetch("/auth/login", method="POST", json={**LOGIN, **COOKIES})
    return browser


@pytest.fixture
def eve(world):
    """Return the id of a user."""
    answer = Browser(world).fetch("/auth/register", method="POST", json=EVE)
    return answer.json()["user_id"]


def path_to(eve):
    """Return where an admin begins to act for Eve."""
    return f"/auth/admin/api/users/{eve}/impersonate"


def begin(browser, eve, headers=SAME, **body):
    """Have the admin act for Eve."""
    return browser.fetch(path_to(eve), method="POST", headers=headers, json={**COOKIES, **body})


def who(browser):
    """Return who calls, by the cookies of a browser."""
    return browser.fetch("/me").json()["user"]


def end(browser, headers=SAME):
    """Have it ended."""
    return browser.fetch(END, method="POST", headers=headers)


def test_the_browser_is_the_users_meanwhile(admin, eve):
    """By the access cookie; the refresh token of the admin stays where it is."""
    held = admin.jar[REFRESH]
    answer = begin(admin, eve)
    assert sorted(names(answer)) == [ACCESS, ACTING]
    assert (who(admin), admin.jar[REFRESH]) == (eve, held)
    shown = admin.fetch("/auth/admin/api/impersonation").json()["impersonation"]
    assert (shown["actor"]["email"], shown["user"]["user_id"]) == ("ada@example.com", eve)


def test_when_its_time_is_over_nobody_calls(admin, eve):
    """What was begun as the user is not done as the admin: neither by an exchange nor by a refresh."""
    begin(admin, eve)
    admin.expire()
    assert who(admin) == ""
    answer = admin.fetch("/auth/refresh", method="POST", headers=SAME, json=COOKIES)
    assert problem(answer) == (409, "acting")
    assert admin.fetch("/auth/admin/api/impersonation").status_code == 401


def test_it_begins_where_the_access_cookie_is_over(admin, eve):
    """The exchange before it brings the admin's next refresh token, which waits, and no access token."""
    held = admin.jar[REFRESH]
    admin.expire()
    assert sorted(names(begin(admin, eve))) == [ACCESS, ACTING, REFRESH]
    assert admin.jar[REFRESH] != held
    is_eves_alone(admin, eve)


def test_a_refresh_meanwhile_leaves_it_waiting(admin, eve):
    """Another tab's answer arrives first: it is another token, and the same session that waits."""
    late = asyncio.run(admin.sent(path_to(eve), method="POST", headers=SAME, json=COOKIES))
    admin.fetch("/auth/refresh", method="POST", headers=SAME, json=COOKIES)
    admin.keep(late)
    is_eves_alone(admin, eve)


@pytest.mark.parametrize("path", ["/me", "/auth/refresh"])
def test_a_late_answer_makes_nobody_the_admin(admin, eve, path):
    """One with the admin's tokens, sent before and on its way longer: they open nothing until the end."""
    mine = admin.user_id
    admin.expire()
    how = {} if path == "/me" else {"method": "POST", "headers": SAME, "json": COOKIES}
    late = asyncio.run(admin.sent(path, **how))
    begin(admin, eve)
    admin.keep(late)
    assert ACCESS in names(late)
    assert who(admin) == ""
    assert admin.fetch("/auth/me").status_code == 401
    assert end(admin).status_code == 200
    assert who(admin) == mine


async def test_an_answer_that_begins_later_brings_no_access_token(admin, eve):
    """Its exchange was before; by now the session waits, and the browser has the user's token."""
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(scope, receive, send):
        begun.set()
        await may_end.wait()
        await Response()(scope, receive, send)

    admin.expire()
    app = BearerMiddleware(slow, admin.world.auth, cookies=True)
    late = asyncio.create_task(admin.sent("/", app=app))
    await begun.wait()
    await admin.fetched(path_to(eve), method="POST", headers=SAME, json=COOKIES)
    may_end.set()
    answer = await late
    assert names(answer) == [REFRESH]
    admin.keep(answer)
    assert (await admin.fetched("/me")).json()["user"] == eve


def is_eves_alone(admin, eve):
    """See that the browser is Eve's, then nobody's, and the admin's after the end."""
    mine = admin.user_id
    assert (who(admin), ACTING in admin.jar) == (eve, True)
    admin.expire()
    assert who(admin) == ""
    answer = admin.fetch("/auth/refresh", method="POST", headers=SAME, json=COOKIES)
    assert problem(answer) == (409, "acting")
    end(admin)
    assert who(admin) == mine


@pytest.mark.parametrize("is_over", [False, True])
def test_the_end_brings_the_admin_back(admin, eve, is_over):
    """Also when the token is over already."""
    mine = admin.user_id
    token = begin(admin, eve).json()["access_token"]
    if is_over:
        admin.expire()
    answer = end(admin)
    assert answer.json()["ended"] == (0 if is_over else 1)
    assert sorted(names(answer)) == [ACCESS, ACTING]
    assert (who(admin), ACTING in admin.jar) == (mine, False)
    assert (token in admin.jar.values()) is False


def test_another_login_ends_it(admin, eve):
    """Of that token nothing waits; the one of before is over, and with it who acted."""
    token = begin(admin, eve).json()["access_token"]
    admin.fetch("/auth/login", method="POST", headers=SAME, json={**LOGIN, **COOKIES})
    admin.expire()
    assert who(admin) == admin.user_id
    answer = admin.fetch("/me", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_logout_ends_it(admin, eve):
    """The session of the admin is over, and nobody is anybody here."""
    begin(admin, eve)
    admin.fetch("/auth/logout", method="POST", headers=SAME)
    assert who(admin) == ""
    assert REFRESH not in admin.jar


def test_another_site_neither_begins_nor_ends_it(admin, eve):
    """Its page may make a browser send cookies, and no more (CK-04)."""
    cross = {"sec-fetch-site": "cross-site"}
    assert problem(begin(admin, eve, cross)) == (403, "cross_site")
    begin(admin, eve)
    assert problem(end(admin, cross)) == (403, "cross_site")
    admin.expire()
    assert problem(end(admin, cross)) == (403, "cross_site")
    assert ACTING in admin.jar


def test_who_does_not_act_has_nothing_to_end(admin):
    """An admin's own call takes no cookie away; nobody's is refused."""
    assert admin.fetch("/auth/admin/api/impersonation").json() == {"impersonation": None}
    assert names(end(admin)) == []
    admin.jar = {}
    assert problem(end(admin)) == (401, "not_authenticated")


@pytest.mark.parametrize("held", [None, "x"])
def test_a_browser_without_a_refresh_token_is_refused(admin, eve, held):
    """Nothing would wait: no page would say who acts, and nobody come back. So nothing is begun."""
    del admin.jar[REFRESH]
    if held:
        admin.jar[REFRESH] = held
    answer = begin(admin, eve)
    assert problem(answer) == (409, "nothing_waits")
    assert names(answer) == []
    assert told(admin) == []


def test_a_token_that_fits_into_no_cookie_is_taken_back(admin, eve):
    """501, and the audit hears at once that it is over, for nobody has the token."""
    grant_too_many(admin.world, eve)
    answer = begin(admin, eve)
    assert problem(answer) == (501, "token_too_large")
    assert names(answer) == []
    assert told(admin) == [("impersonation_began", None), ("impersonation_ended", "not_granted")]
    assert who(admin) == admin.user_id
    admin.world.now += 3600
    assert admin.world.auth.admin.end_impersonations.over() == 0


def told(browser):
    """Return the events of impersonations, with their reasons."""
    events = [one for one in browser.world.events if one.name.startswith("impersonation_")]
    return [(one.name, getattr(one, "reason", None)) for one in events]


def test_what_is_no_way_is_refused(admin, eve):
    """The admin's refresh token is never in a body."""
    answer = begin(admin, eve, transport="cookie")
    assert problem(answer) == (422, "invalid_input")


def test_a_forged_marker_waits_for_nothing(admin):
    """It says of no token that it waits, but of the one whose digest it has."""
    admin.jar[ACTING] = "0" * 64
    admin.expire()
    assert who(admin) == admin.user_id
