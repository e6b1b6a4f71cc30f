"""The routes that show and end sessions: /sessions, /sessions/{id}, /sessions/revoke-others, /logout-all."""

from __future__ import annotations

import re

import pytest

from jwt_auth_asgi.bearer import BearerMiddleware
from tests.auth_app.suite.client import COOKIE, Client, problem
from tests.auth_app.world import broken

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ROUTES = [
    ("GET", "/auth/sessions"),
    ("DELETE", f"/auth/sessions/{'0' * 32}"),
    ("POST", "/auth/sessions/revoke-others"),
    ("POST", "/auth/logout-all"),
    ("POST", "/auth/password"),
]


def bearer(login):
    """Return the header that carries the access token of a login."""
    return {"authorization": f"Bearer {login.json()['access_token']}"}


@pytest.fixture(params=["alone", "behind the middleware"])
def devices(request, app_factory, world):
    """Return two clients of one application, where Ada is registered, and what their logins answered."""
    app = app_factory(world.auth)
    app = app if request.param == "alone" else BearerMiddleware(app, world.auth)
    one, two = Client(app), Client(app)
    one.register()
    first = one.login()
    world.now += 5
    return (one, bearer(first)), (two, bearer(two.login()))


def sessions(client, headers):
    """Return the list as served."""
    answer = client.get("/auth/sessions", headers=headers)
    assert answer.status_code == 200
    return answer.json()["sessions"]


def test_sessions_are_shown(devices):
    """Each with its times, where it came from, and whether it is the caller's."""
    # RF-14
    (one, headers), _ = devices
    first, second = sessions(one, headers)
    assert set(first) == {
        "session_id",
        "created_at",
        "last_used_at",
        "ends_at",
        "user_agent",
        "address",
        "current",
    }
    assert first["created_at"] == "2027-01-15T08:00:00Z"
    assert all(RFC_3339.fullmatch(first[name]) for name in ("created_at", "last_used_at", "ends_at"))
    assert first["address"] == "198.51.100.7"
    assert first["user_agent"].startswith("python-httpx")
    assert (first["current"], second["current"]) == (True, False)


def test_a_shown_id_is_no_credential(devices):
    """Neither as access token, nor as refresh token."""
    # RF-14
    (one, headers), _ = devices
    shown = sessions(one, headers)[0]["session_id"]
    assert one.get("/auth/me", headers={"authorization": f"Bearer {shown}"}).status_code == 401
    assert problem(Client(one.app).refresh(json={"refresh_token": shown})) == (401, "refresh_invalid")


def test_another_session_is_ended(devices):
    """Its cookie and its access token are refused; the caller's cookie is left alone."""
    # RF-11, RF-14
    (one, mine), (two, theirs) = devices
    other = next(entry for entry in sessions(one, mine) if not entry["current"])
    answer = one.send("DELETE", f"/auth/sessions/{other['session_id']}", headers=mine)
    assert (answer.status_code, answer.json()) == (200, {"status": "session ended"})
    assert "set-cookie" not in answer.headers
    assert two.get("/auth/me", headers=theirs).status_code == 401
    assert problem(two.refresh()) == (401, "session_revoked")
    assert one.refresh().status_code == 200


def test_ending_the_own_session_clears_the_cookie(devices):
    """As a logout does."""
    # RF-14, CK-07
    (one, mine), (two, theirs) = devices
    own = next(entry for entry in sessions(one, mine) if entry["current"])
    answer = one.send("DELETE", f"/auth/sessions/{own['session_id']}", headers=mine)
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}=; Max-Age=0;")
    assert problem(one.get("/auth/me", headers=mine)) == (401, "token_invalid")
    assert len(sessions(two, theirs)) == 1


def test_another_users_session_is_not_found(devices):
    """As one that never was; it goes on."""
    # RF-14
    (one, mine), _ = devices
    eve = Client(one.app)
    eve.register(email="eve@example.com")
    theirs = bearer(eve.login(email="eve@example.com"))
    victim = sessions(one, mine)[0]["session_id"]
    answer = eve.send("DELETE", f"/auth/sessions/{victim}", headers=theirs)
    assert problem(answer) == (404, "session_not_found")
    assert one.get("/auth/me", headers=mine).status_code == 200


@pytest.mark.parametrize("session_id", ["0" * 32, "x", "%00", "%ff", "..%2fx", "A" * 32, "a" * 5000, "*"])
def test_an_unknown_session_is_not_found(devices, session_id):
    """Whatever stands in the path."""
    (one, mine), _ = devices
    answer = one.send("DELETE", f"/auth/sessions/{session_id}", headers=mine)
    assert answer.status_code == 404
    assert len(sessions(one, mine)) == 2


def test_the_others_are_ended(devices):
    """All but the caller's, which goes on."""
    # RF-11, RF-14
    (one, mine), (two, theirs) = devices
    answer = one.post("/auth/sessions/revoke-others", headers=mine)
    assert answer.json() == {"status": "other sessions ended", "ended": 1}
    assert problem(two.get("/auth/me", headers=theirs)) == (401, "token_invalid")
    assert problem(two.refresh()) == (401, "session_revoked")
    assert len(sessions(one, mine)) == 1
    assert one.refresh().status_code == 200


def test_everything_is_ended(devices):
    """The caller's too, whose cookie is taken away; a new login is good in the same second."""
    # RF-11
    (one, mine), (two, _theirs) = devices
    answer = one.post("/auth/logout-all", headers=mine)
    assert (answer.status_code, answer.json()) == (200, {"status": "logged out everywhere"})
    assert one.token is None
    for client, headers in devices:
        assert problem(client.get("/auth/me", headers=headers)) == (401, "token_invalid")
    assert problem(two.refresh()) == (401, "session_revoked")
    assert sessions(two, bearer(two.login()))[0]["current"]


def test_everything_is_ended_once_a_token(devices):
    """A burst with one token ends everything once; whoever logs in afterwards is let in."""
    # RF-11
    (one, mine), (two, _theirs) = devices
    answers = [one.post("/auth/logout-all", headers=mine) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 401, 401, 401, 401]
    assert sessions(two, bearer(two.login()))[0]["current"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_access_token_is_needed(session, method, path):
    """The cookie alone does nothing here: 401 and a challenge."""
    # ASGI-06, CK-04
    answer = session.send(method, path, json={})
    assert problem(answer) == (401, "not_authenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer realm=")
    assert session.refresh().status_code == 200


@pytest.mark.parametrize("act", ["disable", "delete"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_users_who_are_gone_get_nowhere(devices, world, method, path, act):
    """A disabled or deleted user's tokens are refused on every route, login and refresh included."""
    # RF-11
    (one, mine), _ = devices
    user_id = one.get("/auth/me", headers=mine).json()["user_id"]
    getattr(world.auth.end_user, act)(user_id)
    assert problem(one.send(method, path, headers=mine, json={})) == (401, "token_invalid")
    assert problem(one.refresh()) == (401, "session_revoked")
    assert problem(one.login()) == (401, "invalid_credentials")


@pytest.mark.parametrize(("method", "path"), ROUTES[:-1])
def test_a_token_that_outlives_its_user_is_refused(session, world, method, path):
    """Nobody announced that the row is gone; the routes look."""
    # RF-11
    headers = bearer(session.login())
    world.stores.database.query("DELETE FROM users")
    assert problem(session.send(method, path, headers=headers)) == (401, "user_not_found")


def test_a_token_of_no_session_sees_the_sessions(session, world):
    """And none of them is its own; revoke-others then ends them all."""
    user_id = session.get("/auth/me", headers=bearer(session.login())).json()["user_id"]
    headers = {"authorization": f"Bearer {world.auth.tokens.issue(subject=user_id)}"}
    assert [entry["current"] for entry in sessions(session, headers)] == [False]
    assert session.post("/auth/sessions/revoke-others", headers=headers).json()["ended"] == 1
    assert sessions(session, headers) == []


@pytest.mark.parametrize(
    ("route", "flow"),
    [
        (("GET", "/auth/sessions"), "list_sessions"),
        (("DELETE", f"/auth/sessions/{'0' * 32}"), "revoke_session"),
        (("POST", "/auth/password"), "change_password"),
    ],
)
def test_a_failing_store_is_not_the_callers_fault(session, app_factory, world, route, flow):
    """503, and nothing is taken away."""
    # F-01
    headers = bearer(session.login())
    failing = Client(app_factory(broken(world.auth, flow)))
    body = {"current_password": "x", "new_password": "y"}
    answer = failing.send(*route, headers=headers, json=body)
    assert problem(answer) == (503, "store_unavailable")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/auth/sessions", "GET, HEAD"),
        (f"/auth/sessions/{'0' * 32}", "DELETE"),
        ("/auth/logout-all", "POST"),
        ("/auth/password", "POST"),
    ],
)
def test_other_methods_are_refused(client, path, allow):
    """405 names the one that is right."""
    # CK-05
    answer = client.send("PUT", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)


def test_a_login_ends_the_session_of_the_old_cookie(session):
    """Logging in again in the same browser leaves one session, under a new id (session fixation)."""
    # RF-13
    old = session.token
    before = sessions(session, bearer(session.login()))
    assert len(before) == 1
    assert session.token != old
    assert problem(Client(session.app).refresh(json={"refresh_token": old})) == (401, "session_revoked")


def test_a_planted_cookie_is_not_taken_over(session):
    """Who logs in over somebody else's cookie gets a session of their own; the planted one ends."""
    # RF-13
    victim = Client(session.app)
    victim.register(email="eve@example.com")
    victim.token = planted = session.token
    headers = bearer(victim.login(email="eve@example.com"))
    assert victim.token != planted
    assert victim.get("/auth/me", headers=headers).json()["email"] == "eve@example.com"
    assert problem(session.refresh()) == (401, "session_revoked")


def test_a_login_with_the_token_in_the_body_ends_nothing(session):
    """The cookie stays in its browser, and so does its session."""
    old = session.token
    session.login(transport="body")
    assert session.token == old
    assert session.refresh().status_code == 200


@pytest.mark.parametrize("cookie", [f"{COOKIE}=a; {COOKIE}=b", f'{COOKIE}="a"', f"{COOKIE}=nonsense"])
def test_a_cookie_of_a_wrong_shape_stops_no_login(ada, cookie):
    """It is replaced by a good one."""
    # CK-02
    answer = ada.post(
        "/auth/login",
        json={"email": "ada@example.com", "password": "correct tidal lantern"},
        headers={"cookie": cookie},
    )
    assert answer.status_code == 200
    assert ada.refresh().status_code == 200


def test_the_others_are_no_session(devices):
    """Their path takes POST alone, though an id could stand there."""
    (one, mine), _ = devices
    answer = one.send("DELETE", "/auth/sessions/revoke-others", headers=mine)
    assert (problem(answer), answer.headers["allow"]) == ((405, "method_not_allowed"), "POST")
