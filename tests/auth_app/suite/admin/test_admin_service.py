"""The admin sees what the service has: sessions and keys of users, roles, clients, the outbox, its health."""

from __future__ import annotations

import pytest

from tests.auth_app.suite.admin.people import ADDRESS, API, NOBODY, USERS, bearer, by_admin, log_in
from tests.auth_app.suite.client import fields, problem


@pytest.fixture
def letters(world):
    """Return the ids of two messages that nobody here sends, the second of them dead."""
    facts = {"type": "coo", "secret of the letter": 1}
    found = [world.auth.outbox.add("pigeon", "somebody@example.com", facts) for _ in range(2)]
    world.auth.database.query("UPDATE auth_outbox SET dead_at = 1 WHERE id = %s", (found[1],))
    return found


def test_sessions_of_a_user_are_listed(ada, mine, eve):
    """Where from and until when; of nobody there is no list."""
    log_in(ada)
    (session,) = ada.get(f"{USERS}/{eve}/sessions", headers=mine).json()["sessions"]
    assert (session["address"], session["created_at"]) == (ADDRESS, "2027-01-15T08:00:00Z")
    answer = ada.get(f"{USERS}/{NOBODY}/sessions", headers=mine)
    assert problem(answer) == (404, "account_not_found")


def test_keys_of_a_user_are_listed_and_revoked(ada, world, admin, mine, eve):
    """Once; the event names the admin."""
    theirs = bearer(log_in(ada))
    key = ada.post("/auth/api-keys", json={"name": "build"}, headers=theirs).json()
    (listed,) = ada.get(f"{USERS}/{eve}/api-keys", headers=mine).json()["api_keys"]
    assert (listed["id"], listed["name"], "key" in listed) == (key["id"], "build", False)
    path = f"{USERS}/{eve}/api-keys/{key['id']}"
    assert ada.send("DELETE", path, headers=mine).json() == {"status": "API key revoked"}
    assert by_admin(world, "api_key_revoked") == [(admin, eve, ADDRESS)]
    assert problem(ada.send("DELETE", path, headers=mine)) == (404, "api_key_not_found")


def test_roles_are_listed(ada, mine):
    """By name, each with its scopes."""
    assert ada.get(f"{API}/roles", headers=mine).json() == {
        "roles": [{"name": "editor", "scopes": ["posts:*"]}]
    }


def test_what_waits_is_listed(ada, mine, letters):
    """The oldest first, page by page; what letters say is not shown."""
    first = ada.get(f"{API}/outbox", params={"limit": 1}, headers=mine).json()
    (message,) = first["messages"]
    assert (message["id"], message["kind"], message["state"]) == (letters[0], "pigeon", "waiting")
    assert (message["type"], first["waiting"], first["dead"]) == ("coo", 1, 1)
    assert "secret" not in str(first)
    second = ada.get(f"{API}/outbox", params={"cursor": first["next"]}, headers=mine).json()
    assert [one["id"] for one in second["messages"]] == letters[1:]
    assert second["next"] is None


def test_what_is_dead_is_tried_again(ada, mine, letters):
    """Then it waits."""
    (dead,) = ada.get(f"{API}/outbox", params={"state": "dead"}, headers=mine).json()["messages"]
    assert (dead["id"], dead["due_at"]) == (letters[1], None)
    path = f"{API}/outbox/{letters[1]}/retry"
    assert ada.post(path, headers=mine).json() == {"status": "to be tried again"}
    assert ada.get(f"{API}/outbox", params={"state": "dead"}, headers=mine).json()["messages"] == []
    assert problem(ada.post(f"{API}/outbox/msg_0/retry", headers=mine)) == (404, "message_not_found")


def test_a_query_of_the_outbox_that_is_none_is_refused(ada, mine):
    """Every parameter that is wrong is named at once."""
    answer = ada.get(f"{API}/outbox?state=asleep&limit=201&kind=letter", headers=mine)
    assert problem(answer) == (422, "invalid_input")
    assert sorted(fields(answer)) == ["limit", "query", "state"]


def test_the_health_is_told(ada, mine):
    """Each part, to whoever may know."""
    told = ada.get(f"{API}/health", headers=mine).json()
    assert told["status"] in {"pass", "warn"}
    assert told["checks"]
