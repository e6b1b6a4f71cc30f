"""Every store of sessions and of users, each made once a module; tests use data of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jwt_auth_core.users.memory import MemoryUsers
from jwt_auth_core.users.sql import SqlUsers
from tests import migrated
from tests.contracts.kinds import SESSION_KINDS
from tests.contracts.people import new
from tests.contracts.rigs import START, Rig
from tests.contracts.stores import rigged
from tests.databases import SHARED


@pytest.fixture(scope="module", params=SESSION_KINDS)
def _rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigged(request.param, request, tmp_path_factory.mktemp("store")) as made:
        yield made


@pytest.fixture
def rig(_rig: Rig) -> Rig:
    """Return a store with its clock set back."""
    _rig.clock.now = START
    return _rig


@pytest.fixture(scope="module", params=["memory", *SHARED])
def _users(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    if request.param == "memory":
        yield None
        return
    with migrated.opened(request.param, request, tmp_path_factory.mktemp("users")) as database:
        yield SqlUsers(database)


@pytest.fixture
def users(_users):
    """Return an empty store that is a UserStore, Standings and Accounts."""
    if _users is None:
        return MemoryUsers()
    for statement in ("DELETE FROM auth_accounts", "DELETE FROM users", "DELETE FROM auth_revoked_sessions"):
        _users._db.query(statement)
    return _users


@pytest.fixture
def ada(users):
    """Return a stored user."""
    return users.add(new("Ada@Example.com"))
