"""What a store of used assertions promises, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from jwt_auth_core.clients.assertions import FORGET_EVERY, SqlAssertions
from jwt_auth_core.clients.client import digest_of_assertion
from jwt_auth_core.errors import StoreUnavailableError
from tests import migrated
from tests.databases import DATABASES

START = 1_800_000_000


@pytest.fixture(params=DATABASES)
def database(request, tmp_path):
    """Return an empty database with its tables."""
    with migrated.opened(request.param, request, tmp_path) as made:
        yield made


def test_an_assertion_is_spent_once(database):
    """And for each client by itself."""
    store, others = SqlAssertions(database), SqlAssertions(database)
    mine, theirs = digest_of_assertion("a", "x"), digest_of_assertion("b", "x")
    assert store.spend(mine, until=START + 9, now=START)
    assert not others.spend(mine, until=START + 9, now=START + 1)
    assert store.spend(theirs, until=START + 9, now=START)
    assert digest_of_assertion("a", "\udcff") != digest_of_assertion("a", "?")


def test_of_fifty_at_once_one_is_good(database):
    """In one step: nobody looks first."""
    store = SqlAssertions(database)
    with ThreadPoolExecutor(50) as threads:
        spent = list(threads.map(lambda _: store.spend("d", until=START + 9, now=START), range(50)))
    assert spent.count(True) == 1


def test_what_is_over_is_forgotten(database):
    """Some at a time, when others come; what may yet be believed stays."""
    store = SqlAssertions(database)
    assert store.spend("old", until=START, now=START - 9)
    assert store.spend("young", until=START + 1, now=START)
    for number in range(FORGET_EVERY):
        store.spend(f"d{number}", until=START + 9, now=START)
    kept = {row["digest"] for row in database.query("SELECT digest FROM auth_assertions", fetch="all")}
    assert "young" in kept
    assert "old" not in kept


def test_a_database_that_is_gone_is_unavailable(database):
    """Nobody is believed meanwhile."""
    store = SqlAssertions(database)
    with closing(database):
        pass
    with pytest.raises(StoreUnavailableError):
        store.spend("d", until=START, now=START)
