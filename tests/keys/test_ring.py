"""The ring: the newest signs, kid selects exactly, the algorithm is the key's."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys import Hs256Key, KeyRing
from jwt_auth_core.vocabulary import Secret
from tests.keys.asymmetric import ForeignKey

NEW = "the newest secret of the tests of the ring"
OLD = "an older secret of the tests of the ring"


def test_a_ring_of_secrets_is_newest_first():
    """The first secret signs, previous ones follow in their order."""  # JWT-18
    ring = KeyRing.from_secret(NEW, previous=[Secret(OLD), b"the oldest secret of the tests, in octets"])
    assert ring.newest.key_id == Hs256Key(NEW).key_id
    assert [key.key_id for key in ring.keys][1] == Hs256Key(OLD).key_id
    assert len(ring.keys) == 3


def test_a_secret_counts_once():
    """A rotation that left the newest among the previous ones is no error."""
    ring = KeyRing.from_secret(NEW, previous=[NEW, OLD, OLD])
    assert [key.key_id for key in ring.keys] == [Hs256Key(NEW).key_id, Hs256Key(OLD).key_id]


@pytest.mark.parametrize("previous", [OLD, OLD.encode(), Secret(OLD)])
def test_previous_secrets_are_a_sequence(previous):
    """One text is not taken for a sequence of letters."""
    with pytest.raises(TypeError, match="a sequence of secrets"):
        KeyRing.from_secret(NEW, previous=previous)


def test_previous_secrets_are_checked_too():
    """A weak secret is refused wherever it stands."""  # JWT-06
    with pytest.raises(WeakKeyError, match="at least 32"):
        KeyRing.from_secret(NEW, previous=["short"])


def test_a_key_id_selects_exactly():
    """Another case, a prefix, white space or emptiness select nothing."""  # JWT-09
    ring = KeyRing([Hs256Key(NEW, key_id="Key-1"), Hs256Key(OLD, key_id="key-2")])
    assert ring.find(algorithm="HS256", key_id="Key-1") == (ring.newest,)
    for other in ("key-1", "Key-", "Key-11", "Key-1 ", " Key-1", "", "../Key-1", "Key-1\0"):
        assert ring.find(algorithm="HS256", key_id=other) == ()


@pytest.mark.parametrize("algorithm", ["RS256", "hs256", "HS512", "none", "", "HS256 "])
def test_a_key_answers_to_its_own_algorithm_only(algorithm):
    """The header cannot choose what a key is used for, with or without its name."""  # JWT-04, JWT-05
    ring = KeyRing.from_secret(NEW)
    assert ring.find(algorithm=algorithm, key_id=ring.newest.key_id) == ()
    assert ring.find(algorithm=algorithm, key_id=None) == ()


def test_without_a_name_every_key_is_meant():
    """In a ring of one algorithm a token without kid is tried with each key, newest first."""
    ring = KeyRing.from_secret(NEW, previous=[OLD])
    assert ring.find(algorithm="HS256", key_id=None) == ring.keys


def test_keys_of_several_algorithms_need_the_name():
    """HS256 beside RS256: only kid selects, and never across algorithms."""  # JWT-05
    secret, public = Hs256Key(NEW, key_id="secret"), ForeignKey(key_id="public")
    ring = KeyRing([public, secret])
    assert ring.find(algorithm="HS256", key_id="secret") == (secret,)
    assert ring.find(algorithm="RS256", key_id="public") == (public,)
    for algorithm, key_id in [("HS256", "public"), ("RS256", "secret"), ("HS256", None), ("RS256", None)]:
        assert ring.find(algorithm=algorithm, key_id=key_id) == ()


def test_nameless_keys_cannot_share_a_ring_with_another_algorithm():
    """Without names there would be nothing that keeps the algorithms apart."""  # JWT-05
    with pytest.raises(ValueError, match="need a key id each"):
        KeyRing([ForeignKey(key_id=None), Hs256Key(NEW)])


def test_nameless_keys_of_one_algorithm_may():
    """A single algorithm needs no names."""
    ring = KeyRing([ForeignKey(key_id=None), ForeignKey(key_id=None)])
    assert len(ring.find(algorithm="RS256", key_id=None)) == 2


def test_names_are_unique():
    """Two keys with one name would make kid ambiguous."""
    with pytest.raises(ValueError, match="the same key id"):
        KeyRing([Hs256Key(NEW, key_id="a"), Hs256Key(OLD, key_id="a")])


@pytest.mark.parametrize("count", [0, 33])
def test_a_ring_is_neither_empty_nor_endless(count):
    """The work for a token that names no key is bounded."""
    with pytest.raises(ValueError, match=f"holds 1 to 32 keys, not {count}"):
        KeyRing(ForeignKey(key_id=str(number)) for number in range(count))


def test_nothing_shows_a_secret():
    """The repr of a ring has names only."""  # JWT-16
    ring = KeyRing.from_secret(NEW, previous=[OLD])
    assert repr(ring) == f"KeyRing([{ring.keys[0]!r}, {ring.keys[1]!r}])"
    assert "secret" not in repr(ring)
