"""What a store of API keys promises, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from jwt_auth_core.api_keys.api_key import ApiKey
from jwt_auth_core.api_keys.key_text import new_key_id
from jwt_auth_core.api_keys.sql import SqlApiKeys
from jwt_auth_core.errors import StoreUnavailableError, UserNotFoundError
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import new_user_id
from tests import migrated
from tests.contracts.people import new
from tests.databases import DATABASES

START = 1_800_000_000


@pytest.fixture(params=DATABASES)
def ground(request, tmp_path):
    """Return a store, the users beside it, and Ada."""
    with migrated.opened(request.param, request, tmp_path) as database:
        users = SqlUsers(database)
        ada = users.add(new("ada@example.com")).user_id
        yield SimpleNamespace(db=database, store=SqlApiKeys(database), users=users, ada=ada)


def key_of(user_id, **more):
    """Return a key to add."""
    made = ApiKey(
        key_id=new_key_id(), user_id=user_id, name="build", scopes=frozenset({"b", "a:*"}), created_at=START
    )
    return replace(made, **more)


def test_a_key_is_found_by_its_digest(ground):
    """Whole; what nobody has added is not there."""
    key = key_of(ground.ada, expires_at=START + 5)
    assert ground.store.add(key, "d1", most=5)
    assert ground.store.find(["d0", "d1", "d1"]) == {"d1": key}
    assert ground.store.find([]) == {}


def test_the_keys_of_a_user_come_the_oldest_first(ground):
    """And nobody else's."""
    bob = ground.users.add(new("bob@example.com")).user_id
    keys = [key_of(ground.ada, created_at=START + age, scopes=frozenset()) for age in (2, 1, 3)]
    for number, key in enumerate([*keys, key_of(bob)]):
        ground.store.add(key, f"d{number}", most=5)
    assert ground.store.of_user(ground.ada) == [keys[1], keys[0], keys[2]]


def test_a_user_has_so_many_and_no_more(ground):
    """The next one is not kept, until another is removed."""
    first, second = key_of(ground.ada), key_of(ground.ada)
    assert ground.store.add(first, "d1", most=1)
    assert not ground.store.add(second, "d2", most=1)
    ground.store.remove(first.key_id)
    assert ground.store.add(second, "d2", most=1)


def test_of_many_at_once_no_more_are_kept(ground):
    """Whoever adds one waits for whoever is adding another."""
    kept, start = [], threading.Barrier(4)

    def add(number):
        start.wait()
        kept.append(ground.store.add(key_of(ground.ada), f"d{number}", most=2))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept) == [False, False, True, True]


def test_whoever_is_gone_or_disabled_gets_none(ground):
    """Whatever was asked a moment before."""
    ground.users.disable(ground.ada, now=START)
    for user_id in (ground.ada, new_user_id()):
        with pytest.raises(UserNotFoundError):
            ground.store.add(key_of(user_id), "d1", most=5)
    assert ground.store.find(["d1"]) == {}


def test_a_key_is_removed_once(ground):
    """By its owner, or by whoever may remove anybody's."""
    one, other = key_of(ground.ada), key_of(ground.ada)
    ground.store.add(one, "d1", most=5)
    ground.store.add(other, "d2", most=5)
    assert ground.store.remove(one.key_id, user_id=new_user_id()) is None
    assert ground.store.remove(one.key_id, user_id=ground.ada) == ground.ada
    assert ground.store.remove(one.key_id) is None
    assert ground.store.remove(other.key_id) == ground.ada
    assert ground.store.find(["d1", "d2"]) == {}


def test_all_keys_of_a_user_are_removed(ground):
    """And nobody else's."""
    bob = ground.users.add(new("bob@example.com")).user_id
    keys = [key_of(ground.ada), key_of(ground.ada), key_of(bob)]
    for number, key in enumerate(keys):
        ground.store.add(key, f"d{number}", most=5)
    assert ground.store.remove_all(ground.ada) == sorted(key.key_id for key in keys[:2])
    assert ground.store.remove_all(ground.ada) == []
    assert ground.store.of_user(bob) == [keys[2]]


def test_keys_go_with_their_owner(ground):
    """Also where another application deletes the row."""
    ground.store.add(key_of(ground.ada), "d1", most=5)
    ground.db.query("DELETE FROM users WHERE user_id = %s", (ground.ada,))
    assert ground.store.find(["d1"]) == {}


def test_a_use_is_noted_once_a_minute(ground):
    """The time moves on by a minute at least; an unknown key is passed over."""
    key = key_of(ground.ada)
    ground.store.add(key, "d1", most=5)
    seen = []
    for now in (START, START + 59, START + 60, START + 30):
        ground.store.note_uses([key.key_id, "key_0"], now=now)
        seen.append(ground.store.find(["d1"])["d1"].last_used_at - START)
    assert seen == [0, 0, 60, 60]


def test_nothing_of_the_key_is_kept(ground):
    """Of its text there is a digest, and no column for more."""
    ground.store.add(key_of(ground.ada), "d1", most=5)
    (row,) = ground.db.query("SELECT * FROM auth_api_keys", fetch="all")
    assert set(row.keys()) == {
        *("key_id", "user_id", "digest", "name", "scopes", "created_at", "expires_at", "last_used_at")
    }


def test_a_database_that_is_gone_is_unavailable(ground):
    """Nobody learns by that whether a key is good."""
    ground.db.close()
    for ask in (
        lambda: ground.store.find(["d1"]),
        lambda: ground.store.add(key_of(ground.ada), "d1", most=5),
        lambda: ground.store.of_user(ground.ada),
        lambda: ground.store.remove_all(ground.ada),
        lambda: ground.store.note_uses(["key_0"], now=START),
    ):
        with pytest.raises(StoreUnavailableError):
            ask()
