"""What a store of identities promises, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.identities.identity import (
    Identity,
    IdentityTakenError,
    TooManyIdentitiesError,
    is_identity_id,
    new_identity_id,
)
from jwt_auth_core.identities.sql import SqlIdentities
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import new_user_id
from tests import migrated
from tests.contracts.people import new
from tests.contracts.test_passkeys import at_once
from tests.databases import DATABASES

START = 1_800_000_000
ISSUER = "https://id.example.com"


@pytest.fixture(params=DATABASES)
def ground(request, tmp_path):
    """Return a store, the users beside it, and Ada."""
    with migrated.opened(request.param, request, tmp_path) as database:
        users = SqlUsers(database)
        ada = users.add(new("ada@example.com")).user_id
        yield SimpleNamespace(db=database, store=SqlIdentities(database), users=users, ada=ada)


def identity_of(user_id, subject="s1", **more):
    """Return an identity to add."""
    made = Identity(
        identity_id=new_identity_id(),
        issuer=ISSUER,
        subject=subject,
        user_id=user_id,
        email="ada@example.com",
        name="Ada",
        linked_at=START,
    )
    return replace(made, **more)


def test_an_identity_is_found_by_issuer_and_subject(ground):
    """Whole, and to the letter: neither by the one alone, nor in another case."""
    identity = identity_of(ground.ada)
    ground.store.add(identity)
    assert ground.store.find(ISSUER, "s1") == identity
    for issuer, subject in ((ISSUER, "S1"), (ISSUER, "s2"), (ISSUER + "/", "s1"), (ISSUER.upper(), "s1")):
        assert ground.store.find(issuer, subject) is None


def test_an_identity_is_one_users(ground):
    """Whoever comes second; the same subject of another issuer is another."""
    bob = ground.users.add(new("bob@example.com")).user_id
    ground.store.add(identity_of(ground.ada))
    for user_id in (ground.ada, bob):
        with pytest.raises(IdentityTakenError):
            ground.store.add(identity_of(user_id))
    ground.store.add(identity_of(bob, issuer="https://other.example.com"))
    assert ground.store.find(ISSUER, "s1").user_id == ground.ada


def test_of_many_at_once_one_has_it(ground):
    """Whichever process looked first."""
    people = [ground.users.add(new(f"u{number}@example.com")).user_id for number in range(4)]

    def add(user_id):
        try:
            ground.store.add(identity_of(user_id))
        except IdentityTakenError:
            return False
        return True

    assert sorted(at_once(*(lambda one=one: add(one) for one in people))) == [False, False, False, True]


def test_a_user_has_so_many_and_no_more(ground):
    """Of many at once, too."""

    def add(number):
        try:
            ground.store.add(identity_of(ground.ada, f"s{number}"), most=2)
        except TooManyIdentitiesError as error:
            return error.most
        return 0

    assert sorted(at_once(*(lambda one=one: add(one) for one in range(4)))) == [0, 0, 2, 2]
    assert ground.store.held(ground.ada) == 2


def test_whoever_is_gone_or_disabled_gets_none(ground):
    """Whatever was asked a moment before."""
    ground.users.disable(ground.ada, now=START)
    for user_id in (ground.ada, new_user_id()):
        with pytest.raises(UserNotFoundError):
            ground.store.add(identity_of(user_id))


def test_the_identities_of_a_user_come_the_oldest_first(ground):
    """And nobody else's."""
    made = [identity_of(ground.ada, f"s{age}", linked_at=START + age) for age in (2, 1, 3)]
    for identity in made:
        ground.store.add(identity)
    assert ground.store.of_user(ground.ada) == [made[1], made[0], made[2]]
    assert ground.store.of_user(new_user_id()) == []


def test_an_identity_is_removed_by_its_user_once(ground):
    """And by nobody else."""
    identity = identity_of(ground.ada)
    ground.store.add(identity)
    assert not ground.store.remove(identity.identity_id, new_user_id())
    assert ground.store.remove(identity.identity_id, ground.ada)
    assert not ground.store.remove(identity.identity_id, ground.ada)


def test_all_of_a_user_go(ground):
    """Or those that were linked since a time."""
    made = [identity_of(ground.ada, f"s{age}", linked_at=START + age) for age in range(3)]
    for identity in made:
        ground.store.add(identity)
    assert ground.store.remove_all(ground.ada, since=START + 2) == [made[2]]
    assert ground.store.remove_all(ground.ada) == made[:2]
    assert ground.store.remove_all(ground.ada) == []


def test_a_use_is_noted(ground):
    """With what the provider says by now; not of one that is gone or another user's."""
    identity = identity_of(ground.ada)
    ground.store.add(identity)
    later = replace(identity, email=None, name="Countess", last_used_at=START + 9)
    assert ground.store.note_use(later)
    assert ground.store.find(ISSUER, "s1") == later
    assert not ground.store.note_use(replace(later, user_id=new_user_id()))
    assert not ground.store.note_use(replace(later, subject="s2"))


def test_of_the_last_two_one_is_left(ground):
    """Who counts them in a transaction waits for whoever does so, too."""
    made = [identity_of(ground.ada, name) for name in ("s1", "s2")]
    for identity in made:
        ground.store.add(identity)

    def remove(identity):
        with ground.db.transaction():
            return ground.store.held(ground.ada) > 1 and ground.store.remove(identity.identity_id, ground.ada)

    assert sorted(at_once(*(lambda one=one: remove(one) for one in made))) == [False, True]


def test_identities_go_with_their_user(ground):
    """Also where another application deletes the row."""
    ground.store.add(identity_of(ground.ada))
    ground.db.query("DELETE FROM users WHERE user_id = %s", (ground.ada,))
    assert ground.store.find(ISSUER, "s1") is None


def test_ids_are_chance():
    """No two are alike."""
    assert is_identity_id(new_identity_id())
    assert not is_identity_id("pk_" + "0" * 24)
    assert new_identity_id() != new_identity_id()
