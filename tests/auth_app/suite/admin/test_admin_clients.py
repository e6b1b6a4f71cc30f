"""The admin sees keys, and adds, rotates and removes service clients; each secret is shown once."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.admin.people import ADDRESS, API, EVE, bearer, by_admin, log_in
from tests.auth_app.suite.client import ADA, fields, problem

CLIENTS = f"{API}/clients"


def is_good(client, client_id, secret):
    """Tell whether a service client gets a token by a secret."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return client.post("/auth/token", data=form).status_code == 200


def add(client, headers, **changes):
    """Add a service client; return the answer."""
    return client.post(
        CLIENTS, json={"client_id": "billing", "scopes": ["reports:read"], **changes}, headers=headers
    )


def test_a_client_is_added(ada, world, admin, mine):
    """Its secret is in the answer, and works; nowhere else is it. The event names the admin."""
    answer = add(ada, mine, resources=["https://api.example.com"], may_exchange=["reports"])
    made = answer.json()
    assert (answer.status_code, made["client_id"]) == (201, "billing")
    assert answer.headers["cache-control"] == "no-store"
    assert is_good(ada, "billing", made["client_secret"])
    listed = ada.get(CLIENTS, headers=mine)
    (client,) = listed.json()["clients"]
    assert (client["client_id"], client["scopes"], client["has_keys"]) == ("billing", ["reports:read"], False)
    assert (client["resources"], client["may_exchange"]) == (["https://api.example.com"], ["reports"])
    assert client["previous_until"] is None
    assert made["client_secret"] not in listed.text
    assert by_admin(world, "client_added") == [(admin, None, ADDRESS)]
    assert problem(add(ada, mine)) == (409, "client_exists")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"client_id": None}, ["client_id"]),
        ({"client_id": "a b"}, ["client_id"]),
        ({"client_id": 7, "scopes": "reports:read", "resources": [7], "secret": "mine"}, None),
        ({"resources": ["/reports"]}, ["resources"]),
    ],
)
def test_a_client_that_cannot_be_is_refused(ada, mine, changes, wrong):
    """Every field that is wrong is named at once; a secret is never of the admin's choosing."""
    answer = add(ada, mine, **changes)
    assert problem(answer) == (422, "invalid_input")
    assert sorted(fields(answer)) == (wrong or ["client_id", "resources", "scopes", "secret"])
    assert ada.get(CLIENTS, headers=mine).json() == {"clients": []}


def test_a_secret_is_rotated(ada, world, admin, mine):
    """The one before is good for the overlap, and no longer."""
    first = add(ada, mine).json()["client_secret"]
    answer = ada.post(f"{CLIENTS}/billing/rotate", json={"overlap_seconds": 60}, headers=mine)
    second = answer.json()["client_secret"]
    assert (answer.status_code, answer.json()["client_id"]) == (200, "billing")
    assert is_good(ada, "billing", first)
    assert is_good(ada, "billing", second)
    (client,) = ada.get(CLIENTS, headers=mine).json()["clients"]
    assert client["previous_until"] == "2027-01-15T08:01:00Z"
    assert by_admin(world, "client_secret_rotated") == [(admin, None, ADDRESS)]
    world.now += 60
    assert not is_good(ada, "billing", first)
    assert is_good(ada, "billing", second)


def test_a_secret_is_good_for_a_day_where_nothing_is_said(ada, mine):
    """And not at all where the overlap is none."""
    first = add(ada, mine).json()["client_secret"]
    second = ada.post(f"{CLIENTS}/billing/rotate", json={}, headers=mine).json()["client_secret"]
    (client,) = ada.get(CLIENTS, headers=mine).json()["clients"]
    assert client["previous_until"] == "2027-01-16T08:00:00Z"
    assert is_good(ada, "billing", first)
    ada.post(f"{CLIENTS}/billing/rotate", json={"overlap_seconds": 0}, headers=mine)
    assert not is_good(ada, "billing", first)
    assert not is_good(ada, "billing", second)


@pytest.mark.parametrize("seconds", [-1, 30 * 86_400 + 1, "60", True, 1.5])
def test_an_overlap_that_is_none_is_refused(ada, mine, seconds):
    """Whole seconds, up to thirty days."""
    secret = add(ada, mine).json()["client_secret"]
    answer = ada.post(f"{CLIENTS}/billing/rotate", json={"overlap_seconds": seconds}, headers=mine)
    assert problem(answer) == (422, "invalid_input")
    assert list(fields(answer)) == ["overlap_seconds"]
    assert is_good(ada, "billing", secret)


def test_a_client_is_removed(ada, world, admin, mine):
    """Once; afterwards there is nothing to rotate either."""
    secret = add(ada, mine).json()["client_secret"]
    assert ada.send("DELETE", f"{CLIENTS}/billing", headers=mine).json() == {"status": "client removed"}
    assert not is_good(ada, "billing", secret)
    assert by_admin(world, "client_removed") == [(admin, None, ADDRESS)]
    for gone in (
        ada.send("DELETE", f"{CLIENTS}/billing", headers=mine),
        ada.post(f"{CLIENTS}/billing/rotate", json={}, headers=mine),
    ):
        assert problem(gone) == (404, "client_not_found")


def test_changes_want_a_fresh_login(ada, world, mine):
    """What only shows them does not."""
    world.now += 601
    assert problem(add(ada, mine)) == (401, "insufficient_user_authentication")
    rotated = ada.post(f"{CLIENTS}/billing/rotate", json={}, headers=mine)
    assert problem(rotated) == (401, "insufficient_user_authentication")
    assert ada.get(CLIENTS, headers=mine).json() == {"clients": []}


def test_keys_of_all_users_are_listed(ada, mine, eve):
    """By id, page by page, each with its owner; the keys themselves are not shown."""
    theirs = bearer(log_in(ada))
    made = [ada.post("/auth/api-keys", json={"name": name}, headers=theirs).json() for name in ("a", "b")]
    own = ada.post("/auth/api-keys", json={"name": "c", "scopes": []}, headers=mine).json()
    first = ada.get(f"{API}/api-keys", params={"limit": 2}, headers=mine).json()
    second = ada.get(f"{API}/api-keys", params={"cursor": first["next"]}, headers=mine).json()
    found = first["api_keys"] + second["api_keys"]
    assert [one["id"] for one in found] == sorted(one["id"] for one in [*made, own])
    assert {(one["name"], one["email"]) for one in found} == {
        ("a", EVE["email"]),
        ("b", EVE["email"]),
        ("c", ADA["email"]),
    }
    assert {one["user_id"] for one in found} > {eve}
    assert (len(first["api_keys"]), second["next"], "jak_" in str(found)) == (2, None, False)
    assert problem(ada.get(f"{API}/api-keys?limit=0", headers=mine)) == (422, "invalid_input")


def test_signing_keys_are_named(ada, world, mine):
    """The one that signs, and nothing of it but its names."""
    (key,) = ada.get(f"{API}/keys", headers=mine).json()["keys"]
    newest = world.auth.tokens.keys.newest
    assert key == {
        "key_id": newest.key_id,
        "algorithm": newest.algorithm,
        "signs": True,
        "is_public": newest.algorithm != "HS256",
    }


@pytest.mark.parametrize("path", [CLIENTS, f"{API}/keys", f"{API}/api-keys"])
def test_all_of_it_is_for_admins(ada, eve, path):  # noqa: ARG001 - who is there
    """Nobody else sees any."""
    assert problem(ada.get(path, headers=bearer(log_in(ada)))) == (403, "insufficient_scope")
