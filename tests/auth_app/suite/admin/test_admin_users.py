"""What an admin does with a user, and what is left of that."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.admin.people import ADDRESS, EVE, NOBODY, USERS, bearer, by_admin, log_in
from tests.auth_app.suite.client import ADA, fields, problem

CHANGES = [
    ("POST", "keep", "deletion undone", None),
    ("POST", "disable", "user disabled", "user_disabled"),
    ("POST", "enable", "user enabled", "user_enabled"),
    ("POST", "factors/reset", "factors reset", None),
    ("PUT", "roles/editor", "role granted", "role_granted"),
    ("DELETE", "roles/editor", "role revoked", None),
    ("DELETE", "sessions", "sessions ended", "logged_out_everywhere"),
]


def test_a_user_is_shown(ada, world, mine, eve):
    """What it is and by what it gets in; no hash and no secret."""
    world.auth.roles.grant(eve, "editor")
    theirs = bearer(log_in(ada))
    ada.post("/auth/api-keys", json={"name": "build"}, headers=theirs)
    log_in(ada, password="a wrong pass phrase")
    shown = ada.get(f"{USERS}/{eve}", headers=mine).json()
    assert (shown["email"], shown["scopes"], shown["own_scopes"]) == (EVE["email"], ["posts:*"], [])
    assert shown["roles"] == [{"name": "editor", "scopes": ["posts:*"]}]
    assert [key["name"] for key in shown["api_keys"]] == ["build"]
    assert [one["address"] for one in shown["sessions"]] == [ADDRESS]
    assert (shown["passkeys"], shown["totp"], shown["recovery_codes_left"]) == ([], [], 0)
    assert shown["identities"] == []
    assert "argon2" not in str(shown)


@pytest.mark.parametrize("change", [("GET", ""), *((method, f"/{path}") for method, path, _, _ in CHANGES)])
def test_a_stranger_is_not_there(ada, mine, change):
    """404 for an id that is nobody's, 422 for what is none."""
    method, path = change
    assert problem(ada.send(method, f"{USERS}/{NOBODY}{path}", headers=mine)) == (404, "account_not_found")
    answer = ada.send(method, f"{USERS}/eve{path}", headers=mine)
    assert problem(answer) == (422, "invalid_input")


@pytest.mark.parametrize("change", CHANGES, ids=[one[1] for one in CHANGES])
def test_a_change_names_the_admin(ada, world, mine, eve, change):
    """The event is the user's, and says who did it and from where."""
    method, path, status, event = change
    answer = ada.send(method, f"{USERS}/{eve}/{path}", headers=mine)
    assert (answer.status_code, answer.json()["status"]) == (200, status)
    if event is not None:
        admin = world.auth.end_user.find(ADA["email"]).user_id
        assert by_admin(world, event) == [(admin, eve, ADDRESS)]


def test_the_actor_is_in_the_row(ada, world, admin, mine, eve):
    """Of a user who does something itself the row names no other."""
    ada.send("POST", f"{USERS}/{eve}/disable", headers=mine)
    rows = {row.name: row for row in world.auth.audit.rows()}
    assert rows["user_disabled"].facts == f'{{"actor":"{admin}"}}'
    assert "actor" not in str(rows["login_succeeded"].facts)


def test_a_disabled_user_is_out_until_enabled(ada, mine, eve):
    """Its token is refused at once, so is its password."""
    theirs = bearer(log_in(ada))
    ada.post(f"{USERS}/{eve}/disable", headers=mine)
    assert ada.get("/auth/me", headers=theirs).status_code == 401
    assert log_in(ada).status_code == 401
    assert ada.get(f"{USERS}/{eve}", headers=mine).json()["disabled_at"] == "2027-01-15T08:00:00Z"
    ada.post(f"{USERS}/{eve}/enable", headers=mine)
    assert log_in(ada).status_code == 200


def test_an_admin_does_not_shut_out_itself(ada, world, admin, mine):
    """Neither by being disabled nor by its role."""
    assert problem(ada.post(f"{USERS}/{admin}/disable", headers=mine)) == (409, "own_account")
    world.auth.roles.define("boss", {"auth:*"})
    world.auth.roles.grant(admin, "boss")
    world.auth.end_user.set_scopes(admin, [])
    boss = bearer(ada.login())
    assert problem(ada.send("DELETE", f"{USERS}/{admin}/roles/boss", headers=boss)) == (409, "own_account")


def test_roles_come_and_go(ada, mine, eve):
    """What is so already is no news, and no error."""
    path = f"{USERS}/{eve}/roles/editor"
    for method, changed in (("PUT", True), ("PUT", False), ("DELETE", True), ("DELETE", False)):
        assert ada.send(method, path, headers=mine).json()["changed"] is changed
    assert problem(ada.send("PUT", f"{USERS}/{eve}/roles/king", headers=mine)) == (404, "role_not_found")


def test_one_session_is_ended(ada, world, admin, mine, eve):
    """Another user's by its id; one that is no user's is not there."""
    theirs = bearer(log_in(ada))
    (session,) = ada.get(f"{USERS}/{eve}", headers=mine).json()["sessions"]
    path = f"{USERS}/{eve}/sessions/{session['session_id']}"
    assert ada.send("DELETE", path, headers=mine).json() == {"status": "session ended"}
    assert ada.get("/auth/me", headers=theirs).status_code == 401
    assert by_admin(world, "session_revoked") == [(admin, eve, ADDRESS)]
    assert problem(ada.send("DELETE", path, headers=mine)) == (404, "session_not_found")


def test_a_user_is_made(ada, world, admin, mine):
    """With a password and scopes; the event names the admin."""
    answer = ada.post(USERS, json={**EVE, "scopes": ["topics:read"]}, headers=mine)
    assert (answer.status_code, answer.json()["scopes"]) == (201, ["topics:read"])
    theirs = bearer(log_in(ada))
    assert ada.get("/auth/me", headers=theirs).json()["scopes"] == ["topics:read"]
    made = answer.json()["user_id"]
    assert by_admin(world, "user_registered")[-1] == (admin, made, ADDRESS)


def test_a_user_is_made_without_a_password(ada, mine):
    """Nothing opens it before one is set by a letter."""
    body = {name: EVE[name] for name in ("email", "first_name", "last_name")}
    assert ada.post(USERS, json=body, headers=mine).status_code == 201
    assert log_in(ada, password="!").status_code == 401


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (
            {"email": "eve", "password": "short", "scopes": 1},
            ["email", "first_name", "last_name", "password", "scopes"],
        ),
        ({**EVE, "scopes": ["a b"]}, ["scopes"]),
        ({**EVE, "scope": ["topics:read"], "": 1}, ["body", "scope"]),
        ({**EVE, "scopes": [1]}, ["scopes"]),
        ({**EVE, "password": 1}, ["password"]),
    ],
)
def test_a_user_that_cannot_be_is_refused(ada, mine, body, wrong):
    """Every field that is wrong is named at once."""
    answer = ada.post(USERS, json=body, headers=mine)
    assert problem(answer) == (422, "invalid_input")
    assert sorted(fields(answer)) == wrong


def test_an_address_is_taken_once(ada, mine):
    """As at a registration."""
    assert problem(ada.post(USERS, json=ADA, headers=mine)) == (409, "email_taken")
