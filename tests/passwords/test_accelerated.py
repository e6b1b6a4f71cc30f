"""Argon2 in workspaces, or as its library documents it; test_argon2.py tries the vectors on both ways."""

import pytest
from argon2 import exceptions, low_level

from jwt_auth_core.errors import OverloadedError
from jwt_auth_core.passwords.accelerated import argon2 as accelerated
from jwt_auth_core.vocabulary import Secret
from tests.cheap import cheap_hasher


def not_hashed(*_args, **_options):
    """Be the library's documented function then."""
    raise exceptions.HashingError("Memory allocation error")


@pytest.mark.usefixtures("as_documented")
def test_an_unknown_structure_is_left_alone(argon2_calls):
    """Where a release reads another structure than ours, only what it documents is called."""
    hasher = cheap_hasher()
    assert hasher.verify(Secret("password"), hasher.hash(Secret("password")))
    assert (hasher.workspaces, argon2_calls) == (None, [])
    hasher.close()


@pytest.mark.parametrize("name", ["core", "ffi"])
def test_a_release_without_the_function_is_none_that_is_known(name, monkeypatch):
    """Whatever is missing, hashes are computed as documented."""
    monkeypatch.delattr(low_level, name)
    assert not accelerated.is_known()


@pytest.mark.usefixtures("as_documented")
def test_want_of_memory_as_documented_is_overload(monkeypatch):
    """The library says so by an error, and the caller is told to come again; the error holds no password."""
    monkeypatch.setattr(low_level, "hash_secret_raw", not_hashed)
    with pytest.raises(OverloadedError) as caught:
        cheap_hasher().hash(Secret("open sesame"))
    assert caught.value.__context__ is None  # LOG-1
