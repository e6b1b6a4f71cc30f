"""Importing, when it is stopped and when others write meanwhile."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import InvalidInputError, UniqueViolationError
from jwt_auth_core.flows.imports import import_users
from jwt_auth_core.flows.imports.import_users import ATTEMPTS
from tests.imports.conftest import of


def test_a_batch_that_fails_leaves_nothing_and_those_before_stay(world, monkeypatch):
    """Whoever repeats it goes on from there."""
    monkeypatch.setattr(import_users, "BATCH", 2)
    add = type(world.auth.imports.users.apps).add_confirmed
    calls = []

    def fail(self, apps):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        add(self, apps)

    monkeypatch.setattr(type(world.auth.imports.users.apps), "add_confirmed", fail)
    with pytest.raises(KeyboardInterrupt):
        world.bring([of(number) for number in range(1, 6)])
    assert world.count() == 2
    batches = world.bring([of(number) for number in range(1, 6)])
    assert [(batch.created, batch.there) for batch in batches] == [(0, 2), (2, 0), (1, 0)]


def test_who_registers_meanwhile_keeps_the_address(world, monkeypatch):
    """The batch is looked at again, without that record."""
    bulk = type(world.auth.imports.users.users)
    occupied, calls = bulk.occupied, []

    def look(self, accounts, *, now):
        found = occupied(self, accounts, now=now)
        calls.append(1)
        if len(calls) == 1:
            raise UniqueViolationError("somebody was faster")
        return found

    monkeypatch.setattr(bulk, "occupied", look)
    (batch,) = world.bring([of(1)])
    assert (batch.created, len(calls)) == (1, 2)


def test_a_rule_of_the_table_that_no_user_keeps_is_named(world, monkeypatch):
    """After some attempts."""
    calls = []

    def add(_self, _accounts):
        calls.append(1)
        raise UniqueViolationError("users_nickname_key")

    monkeypatch.setattr(type(world.auth.imports.users.users), "add", add)
    with pytest.raises(InvalidInputError, match="users_nickname_key"):
        world.bring([of(1)])
    assert len(calls) == ATTEMPTS
