"""What a store of service clients promises, on SQLite and PostgreSQL."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from jwt_auth_core.clients.client import ServiceClient, digest_of, new_mark, new_secret
from jwt_auth_core.clients.sql import SqlClients
from jwt_auth_core.errors import StoreUnavailableError
from tests import migrated
from tests.databases import DATABASES

START = 1_800_000_000


@pytest.fixture(params=DATABASES)
def database(request, tmp_path):
    """Return an empty database with its tables."""
    with migrated.opened(request.param, request, tmp_path) as made:
        yield made


@pytest.fixture
def store(database):
    """Return a store without clients."""
    return SqlClients(database)


def client(name, **more):
    """Return a client to add."""
    made = ServiceClient(
        client_id=name,
        scopes=frozenset({"b", "a:*"}),
        resources=("https://a.example/x", "https://b.example"),
        created_at=START,
        mark=new_mark(),
        digest=digest_of(new_secret()),
    )
    return replace(made, **more)


def test_a_client_is_found_by_its_id(store):
    """Whole; what nobody has added is not there."""
    billing, other = client("billing"), client("other", scopes=frozenset(), resources=())
    assert store.add(other)
    assert store.add(billing)
    assert store.find(["billing", "x"]) == {"billing": billing}
    assert store.all() == [billing, other]


def test_an_id_is_one_clients(store):
    """The second one changes nothing."""
    first = client("billing")
    assert (store.add(first), store.add(client("billing"))) == (True, False)
    assert store.all() == [first]


def test_a_secret_is_replaced_once(store):
    """Of two at once that expect the same one the first is kept."""
    old = client("billing")
    store.add(old)
    new = replace(old, digest="d2", previous_digest=old.digest, previous_until=START + 5)
    assert store.replace(new, expected_digest=old.digest)
    assert not store.replace(replace(old, digest="d3"), expected_digest=old.digest)
    assert store.find(["billing"]) == {"billing": new}


def test_keys_are_kept_and_replaced(store):
    """Beside those before, or a secret before."""
    old = client("billing", keys='{"keys":[1]}')
    store.add(old)
    assert store.all() == [old]
    new = replace(old, digest="d2", keys='{"keys":[2]}', previous_keys=old.keys, previous_until=START + 5)
    assert store.replace(new, expected_digest=old.digest)
    assert store.find(["billing"]) == {"billing": new}


def test_a_client_is_removed_once(store):
    """Whoever removes it learns what its tokens bear."""
    one = client("billing")
    store.add(one)
    assert (store.remove("billing"), store.remove("billing")) == (one.mark, None)
    assert store.all() == []


def test_a_database_that_is_gone_is_unavailable(database, store):
    """Nobody learns by that which clients there are."""
    with closing(database):
        pass
    with pytest.raises(StoreUnavailableError):
        store.find(["billing"])
