"""What a store of passkeys promises, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.passkeys.passkey import (
    Passkey,
    PasskeyExistsError,
    is_passkey_id,
    new_handle,
    new_passkey_id,
)
from jwt_auth_core.passkeys.sql import SqlPasskeys
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import new_user_id
from tests import migrated
from tests.contracts.people import new
from tests.databases import DATABASES

START = 1_800_000_000


@pytest.fixture(params=DATABASES)
def ground(request, tmp_path):
    """Return a store, the users beside it, and Ada, who has a handle."""
    with migrated.opened(request.param, request, tmp_path) as database:
        users, store = SqlUsers(database), SqlPasskeys(database)
        ada = users.add(new("ada@example.com")).user_id
        store.handle_of(ada, "handle-of-ada")
        yield SimpleNamespace(db=database, store=store, users=users, ada=ada)


def passkey_of(user_id, credential_id="c1", **more):
    """Return a passkey to add."""
    made = Passkey(
        passkey_id=new_passkey_id(),
        user_id=user_id,
        credential_id=credential_id,
        public_key="pk",
        handle="handle-of-ada",
        sign_count=0,
        name="telephone",
        transports=("hybrid", "internal"),
        aaguid="00000000-0000-0000-0000-000000000000",
        is_synced=True,
        is_backed_up=False,
        is_user_verified=True,
        created_at=START,
    )
    return replace(made, **more)


def at_once(*steps):
    """Take steps at the same time; return what each came to."""
    found, start = {}, threading.Barrier(len(steps))

    def take(number):
        start.wait()
        found[number] = steps[number]()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[number] for number in range(len(steps))]


def test_a_passkey_is_found_by_its_credential(ground):
    """Whole; what nobody has added is not there."""
    passkey = passkey_of(ground.ada)
    assert ground.store.add(passkey, most=5)
    assert ground.store.find("c1") == passkey
    assert ground.store.find("c0") is None


def test_a_handle_is_chosen_once(ground):
    """Of a user; another has another."""
    bob = ground.users.add(new("bob@example.com")).user_id
    assert ground.store.handle_of(ground.ada, "other") == "handle-of-ada"
    assert ground.store.handle_of(bob, "handle-of-bob") == "handle-of-bob"


def test_of_many_handles_at_once_one_is_chosen(ground):
    """And all are told that one."""
    bob = ground.users.add(new("bob@example.com")).user_id
    steps = [lambda one=one: ground.store.handle_of(bob, one) for one in ("a", "b", "c")]
    assert len(set(at_once(*steps))) == 1


def test_a_credential_is_one_users(ground):
    """Whoever comes second, and whichever user that is."""  # PK-3
    bob = ground.users.add(new("bob@example.com")).user_id
    ground.store.handle_of(bob, "handle-of-bob")
    ground.store.add(passkey_of(ground.ada), most=5)
    for user_id in (ground.ada, bob):
        with pytest.raises(PasskeyExistsError):
            ground.store.add(passkey_of(user_id), most=5)
    assert ground.store.find("c1").user_id == ground.ada


def test_the_passkeys_of_a_user_come_the_oldest_first(ground):
    """And nobody else's."""
    made = [passkey_of(ground.ada, f"c{age}", created_at=START + age) for age in (2, 1, 3)]
    for passkey in made:
        ground.store.add(passkey, most=5)
    assert ground.store.of_user(ground.ada) == [made[1], made[0], made[2]]
    assert ground.store.of_user(new_user_id()) == []


def test_a_user_has_so_many_and_no_more(ground):
    """Of many at once, too."""
    steps = [
        lambda number=number: ground.store.add(passkey_of(ground.ada, f"c{number}"), most=2)
        for number in range(4)
    ]
    assert sorted(at_once(*steps)) == [False, False, True, True]


def test_whoever_is_gone_or_disabled_gets_none(ground):
    """Nor a handle, whatever was asked a moment before."""
    ground.users.disable(ground.ada, now=START)
    for user_id in (ground.ada, new_user_id()):
        with pytest.raises(UserNotFoundError):
            ground.store.add(passkey_of(user_id), most=5)
        with pytest.raises(UserNotFoundError):
            ground.store.handle_of(user_id, "h")


def test_a_passkey_is_renamed_by_its_user(ground):
    """And by nobody else."""
    passkey = passkey_of(ground.ada)
    ground.store.add(passkey, most=5)
    assert ground.store.rename(passkey.passkey_id, ground.ada, "key ring")
    assert not ground.store.rename(passkey.passkey_id, new_user_id(), "mine")
    assert ground.store.find("c1").name == "key ring"


def test_a_passkey_is_removed_by_its_user_once(ground):
    """And by nobody else."""
    passkey = passkey_of(ground.ada)
    ground.store.add(passkey, most=5)
    assert not ground.store.remove(passkey.passkey_id, new_user_id(), least=0)
    assert ground.store.remove(passkey.passkey_id, ground.ada, least=0)
    assert not ground.store.remove(passkey.passkey_id, ground.ada, least=0)


def test_of_the_last_two_one_is_left(ground):
    """Where one has to be, though both are removed at the same time."""  # PK-3
    made = [passkey_of(ground.ada, name) for name in ("c1", "c2")]
    for passkey in made:
        ground.store.add(passkey, most=5)
    steps = [lambda one=one: ground.store.remove(one.passkey_id, ground.ada, least=1) for one in made]
    assert sorted(at_once(*steps)) == [False, True]
    assert len(ground.store.of_user(ground.ada)) == 1


def test_all_of_a_user_go(ground):
    """Or those that were made since a time."""
    made = [passkey_of(ground.ada, f"c{age}", created_at=START + age) for age in range(3)]
    for passkey in made:
        ground.store.add(passkey, most=5)
    assert ground.store.remove_all(ground.ada, since=START + 2) == [made[2].passkey_id]
    assert ground.store.remove_all(ground.ada) == sorted(one.passkey_id for one in made[:2])
    assert ground.store.remove_all(ground.ada) == []


def test_a_count_goes_on_or_the_use_is_none(ground):
    """Neither the same again nor one of before."""  # PK-3
    passkey = passkey_of(ground.ada, sign_count=4)
    ground.store.add(passkey, most=5)
    for count, is_good in ((4, False), (0, False), (5, True), (5, False), (9, True)):
        now = START + count
        noted = ground.store.note_use(passkey.passkey_id, sign_count=count, is_backed_up=True, now=now)
        assert noted is is_good, count
    used = ground.store.find("c1")
    assert (used.sign_count, used.is_backed_up, used.last_used_at) == (9, True, START + 9)


def test_whoever_does_not_count_is_let_be(ground):
    """As synced passkeys do not."""
    passkey = passkey_of(ground.ada)
    ground.store.add(passkey, most=5)
    for _ in range(2):
        assert ground.store.note_use(passkey.passkey_id, sign_count=0, is_backed_up=False, now=START)
    assert not ground.store.note_use("pk_none", sign_count=0, is_backed_up=False, now=START)


def test_of_one_count_many_at_once_one_is_good(ground):
    """Whichever process looked first."""
    passkey = passkey_of(ground.ada)
    ground.store.add(passkey, most=5)
    use = {"sign_count": 7, "is_backed_up": False, "now": START}
    steps = [lambda: ground.store.note_use(passkey.passkey_id, **use)] * 4
    assert sorted(at_once(*steps)) == [False, False, False, True]


def test_passkeys_go_with_their_user(ground):
    """Also where another application deletes the row."""
    ground.store.add(passkey_of(ground.ada), most=5)
    ground.db.query("DELETE FROM users WHERE user_id = %s", (ground.ada,))
    assert ground.store.find("c1") is None


def test_ids_and_handles_are_chance():
    """No two are alike, and none has the form of another."""
    assert is_passkey_id(new_passkey_id())
    assert not is_passkey_id(new_handle())
    assert len({new_handle(), new_handle(), new_passkey_id(), new_passkey_id()}) == 4
