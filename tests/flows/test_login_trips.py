"""What a login asks PostgreSQL and Redis: each question is a trip, and a change may wait for the disk."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.database.connections.postgres import PostgresConnection
from jwt_auth_core.database.redis import Script
from tests.flows.ada import at_home, login

pytestmark = [pytest.mark.limited, pytest.mark.servers]


@pytest.fixture
def world(postgres_url, redis_url):
    """Return a world on servers, where Ada is registered and has logged in before."""
    with at_home(DATABASE_URL=postgres_url, REDIS_URL=redis_url) as world:
        yield world


@pytest.fixture
def messages(monkeypatch):
    """Return what this thread sends from now on: each message to PostgreSQL, "redis" for each to Redis."""
    here = threading.get_ident()
    found, executing, ran = [], PostgresConnection.executing, Script.run

    def noted(self, text, values=()):
        if threading.get_ident() == here:
            found.append(" ".join(text.split()))
        return executing(self, text, values)

    def asked(self, *given):
        if threading.get_ident() == here:
            found.append("redis")
        return ran(self, *given)

    monkeypatch.setattr(PostgresConnection, "executing", noted)
    monkeypatch.setattr(Script, "run", asked)
    return found


def test_a_login_waits_for_the_disk_once(world, messages):
    """At its end: what is changed before is kept by that, too, and nobody has a token before it."""
    login(world)
    light = [one for one in messages if one.startswith("SET LOCAL synchronous_commit = off; ")]
    assert len(light) == 2  # the entry in the index, and the lock that the account is looked at behind
    rest = [one for one in messages[: messages.index("BEGIN")] if one not in light]
    assert not any(word in one for one in rest for word in ("INSERT", "UPDATE", "DELETE"))
    assert messages[-2:] == ["COMMIT", "redis"]


def test_a_login_takes_nine_trips_to_postgresql_and_three_to_redis(world, messages):
    """The account is waited for and looked at in one; limits are asked before the hash, given back after."""
    login(world)
    assert (len(messages), messages.count("redis")) == (12, 3)
