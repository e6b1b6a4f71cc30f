"""Users by a role and an address or a state, or enabled: found in full, however few a page looks at."""

from __future__ import annotations

import itertools
from functools import partial

import pytest

from jwt_auth_core.users import directory_walks
from jwt_auth_core.users.directory_walks import SqlWalks
from tests.flows.conftest import variables, world

__all__ = ["variables", "world"]

NAMES = ("ada", "adb", "adc", "add", "bob", "eve")
EDITORS = {"adb", "add", "eve"}
DISABLED = {"adb", "adc", "bob"}


@pytest.fixture
def walks(world):
    """Return what looks through six users: three have a role, three are disabled."""
    world.auth.roles.define("editor", {"posts:*"})
    for name in NAMES:
        user_id = world.register(email=f"{name}@example.com").user_id
        if name in EDITORS:
            world.auth.roles.grant(user_id, "editor")
        if name in DISABLED:
            world.auth.end_user.disable(user_id)
    return SqlWalks(world.stores.database)


def all_of(page):
    """Return whom all pages have, one behind the other."""
    found, after = [], ""
    while after is not None:
        walked = page(after=after)
        found += [one.email.partition("@")[0] for one in walked.users]
        after = walked.after
    return found


THERE = {None: set(NAMES), "disabled": DISABLED, "enabled": set(NAMES) - DISABLED}


@pytest.mark.parametrize("looked_at", [1, 2, 3, 5000])
def test_those_of_a_role_are_found(walks, monkeypatch, looked_at):
    """By address: each once and nobody else, whether few have the role or more than a page looks at."""
    monkeypatch.setattr(directory_walks, "LOOKED_AT", looked_at)
    for state, prefix, limit in itertools.product(THERE, ("", "ad", "e", "x"), (1, 2, 50)):
        ask = partial(walks.of_role, "editor", prefix, limit=limit, state=state)
        assert all_of(ask) == sorted(name for name in EDITORS & THERE[state] if name.startswith(prefix))


@pytest.mark.parametrize("looked_at", [1, 2, 5000])
def test_the_enabled_are_found(walks, monkeypatch, looked_at):
    """However many of the others are disabled."""
    monkeypatch.setattr(directory_walks, "LOOKED_AT", looked_at)
    for prefix in ("", "ad", "e", "x"):
        found = all_of(partial(walks.enabled, prefix, limit=2))
        assert found == sorted(name for name in THERE["enabled"] if name.startswith(prefix))


def test_a_page_looks_at_so_many(walks, monkeypatch):
    """And goes on where it ended, though it found nobody."""
    monkeypatch.setattr(directory_walks, "LOOKED_AT", 2)
    walked = walks.of_role("editor", "", after="ada@example.com", limit=50, state="enabled")
    assert (walked.users, walked.after) == ([], "adc@example.com")
