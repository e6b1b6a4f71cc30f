"""An admin acts for a user: reads what the user reads, changes no account, and answers for it."""

from __future__ import annotations

import re

import pytest

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_asgi.app.endpoints import FEATURES
from jwt_auth_asgi.features import paths
from tests.asgi.drive import bearer as header
from tests.asgi.drive import get
from tests.auth_app.suite.admin.people import API, EVE, NOBODY, USERS, bearer, by_admin, log_in
from tests.auth_app.suite.client import ADA, Client, problem

END = f"{API}/impersonation/end"
SERVED = (paths.ME, paths.ADMIN_IMPERSONATION, paths.ADMIN_END_IMPERSONATION)
CLOSED = [
    (one.at.method, "/auth" + re.sub("{[a-z_]+}", NOBODY, one.at.path))
    for feature in FEATURES
    for one in feature.routes
    if one.at.reads_token and one.at not in SERVED
]


@pytest.fixture
def begin(ada, mine, eve):
    """Return what has the admin act for Eve."""

    def begun(user_id=eve):
        return ada.post(f"{USERS}/{user_id}/impersonate", headers=mine)

    return begun


@pytest.fixture
def acting(begin):
    """Return the header of a token by which the admin acts for Eve."""
    return bearer(begin())


async def whoami(scope, _receive, send):
    """Answer with who calls, and for whom."""
    user = scope["user"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{user.identity} {user.actor} {user.kind}".encode()})


def test_it_is_a_token_without_another(begin, eve):
    """As long as an access token lives, with no cookie and no refresh token."""
    answer = begin()
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"], body["user_id"]) == (
        200,
        "bearer",
        900,
        eve,
    )
    assert set(body) == {"access_token", "token_type", "expires_in", "user_id"}
    assert "set-cookie" not in answer.headers


def test_it_shows_the_user_and_who_acts(ada, admin, eve, acting):
    """And who calls as itself is shown no actor."""
    shown = ada.get("/auth/me", headers=acting).json()
    assert (shown["user_id"], shown["email"], shown["actor"]) == (eve, EVE["email"], admin)
    assert "actor" not in ada.get("/auth/me", headers=bearer(log_in(ada))).json()


def test_the_application_learns_of_both(world, admin, eve, begin):
    """The user calls, and the admin acts."""
    app = BearerMiddleware(whoami, world.auth)
    answer = get(app, "/", header(begin().json()["access_token"]))
    assert answer.body.decode() == f"{eve} {admin} user"


@pytest.mark.parametrize("route", CLOSED)
def test_it_changes_no_account(ada, acting, route):
    """Every route of the auth app that asks for a token refuses it, the admin's own ones too."""
    method, path = route
    assert problem(ada.send(method, path, json={}, headers=acting)) == (403, "user_required")


def test_it_grants_what_the_user_has(world, begin, eve):
    """Scopes and roles of the user's, none of the admin's; how and when anybody logged in it does not say."""
    world.auth.roles.grant(eve, "editor")
    world.auth.end_user.set_scopes(eve, ["topics:read"])
    claims = world.auth.claims_of(begin().json()["access_token"])
    assert (claims.scopes, claims.roles) == ({"topics:read", "posts:*"}, {"editor"})
    assert (claims.auth_time, claims.amr, claims.acr) == (None, frozenset(), None)


@pytest.mark.parametrize("scope", ["auth:admin", "auth:*", "*"])
def test_nobody_acts_for_an_admin(world, begin, eve, scope):
    """By whatever scope or role that is one."""
    world.auth.end_user.set_scopes(eve, [scope])
    assert problem(begin()) == (403, "impersonation_refused")


def test_nobody_acts_for_who_is_out(ada, world, begin, eve):
    """Disabled, or to be deleted; nor for nobody."""
    ada_now = bearer(log_in(ada))
    assert ada.send("DELETE", "/auth/me", headers=ada_now).status_code == 202
    assert problem(begin()) == (403, "impersonation_refused")
    log_in(ada)
    world.auth.end_user.disable(eve)
    assert problem(begin()) == (403, "impersonation_refused")
    assert problem(begin(NOBODY)) == (404, "account_not_found")
    assert problem(begin("eve")) == (422, "invalid_input")


def test_both_ends_are_told(ada, world, admin, eve, acting):
    """The events are the user's, name the admin and one impersonation, and the first says until when."""
    assert ada.post(END, headers=acting).json() == {"status": "impersonation ended", "ended": 1}
    began, ended = (event for event in world.events if event.name.startswith("impersonation"))
    assert (began.name, began.until) == ("impersonation_began", world.now + 900)
    assert (ended.name, ended.reason) == ("impersonation_ended", "ended")
    assert {(event.actor, event.user_id) for event in (began, ended)} == {(admin, eve)}
    assert began.session == ended.session
    assert [one[2] for one in by_admin(world, "impersonation_ended")] == ["198.51.100.7"]


def test_an_end_is_one(ada, world, acting):
    """The token is refused at once."""
    ada.post(END, headers=acting)
    assert problem(ada.get("/auth/me", headers=acting)) == (401, "token_invalid")
    assert problem(ada.post(END, headers=acting)) == (401, "token_invalid")
    assert world.auth.recheck([world.auth.tokens.verify(acting["authorization"][7:])]) != [None]


def test_an_admin_ends_all_of_its_own(ada, world, mine, begin):
    """By its own token, however old the login; of others it ends none."""
    tokens = [bearer(begin()) for _ in range(2)]
    assert ada.post(END, headers=bearer(log_in(ada))).json()["ended"] == 0
    world.now += 700
    assert ada.post(END, headers=mine).json()["ended"] == 2
    assert [ada.get("/auth/me", headers=one).status_code for one in tokens] == [401, 401]


def test_it_ends_with_the_session_of_the_admin(ada, acting):
    """Whoever logs out acts for nobody any more."""
    assert ada.get("/auth/me", headers=acting).status_code == 200
    ada.logout()
    assert problem(ada.get("/auth/me", headers=acting)) == (401, "token_invalid")


def test_it_ends_with_the_role_of_the_admin(ada, world, admin, eve):
    """The session goes on, and the tokens of before do not: neither its own nor these."""
    world.auth.roles.define("boss", {"auth:*"})
    world.auth.roles.grant(admin, "boss")
    world.auth.end_user.set_scopes(admin, [])
    acting = bearer(ada.post(f"{USERS}/{eve}/impersonate", headers=bearer(ada.login())))
    world.now += 5
    assert ada.get("/auth/me", headers=acting).status_code == 200
    world.auth.roles.revoke(admin, "boss")
    assert problem(ada.get("/auth/me", headers=acting)) == (401, "token_invalid")


@pytest.mark.parametrize("whose", ["admin", "eve"])
def test_it_ends_with_either_account(ada, world, request, acting, whose):
    """With a disabled admin, and with a disabled user."""
    world.now += 5
    world.auth.end_user.disable(request.getfixturevalue(whose))
    assert problem(ada.get("/auth/me", headers=acting)) == (401, "token_invalid")


def test_it_needs_a_fresh_login(ada, world, mine, eve):
    """As every change does."""
    world.now += 601
    answer = Client(ada.app).post(f"{USERS}/{eve}/impersonate", headers=mine)
    assert problem(answer) == (401, "insufficient_user_authentication")


def test_a_registration_is_the_users_own(ada, world, mine):
    """What an admin makes is of an admin; what a stranger makes is not."""
    body = {**EVE, "email": "joe@example.com"}
    ada.post(USERS, json=body, headers=mine)
    assert [event.actor is None for event in world.events if event.name == "user_registered"] == [True, False]
    assert ADA["email"] != body["email"]
