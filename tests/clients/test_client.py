"""A service client: what it may be called, and which secrets prove that one is it."""

from dataclasses import replace

import pytest

from jwt_auth_core.clients.client import (
    InvalidScopeError,
    InvalidTargetError,
    ServiceClient,
    UnauthorizedClientError,
    digest_of,
    digest_of_keys,
    is_client_id,
    new_mark,
    new_secret,
)
from jwt_auth_core.errors import InvalidInputError, UnavailableError
from jwt_auth_core.sessions.session import parse_session_id
from jwt_auth_core.vocabulary import Secret

NOW = 1_800_000_000
OLD, NEW = new_secret(), new_secret()
CLIENT = ServiceClient(
    client_id="billing", scopes=frozenset(), resources=(), created_at=NOW, mark="m", digest=digest_of(NEW)
)


def out_of_entropy(_length):
    """Stand for a system that gives no random bytes."""
    raise OSError


@pytest.mark.parametrize("text", ["billing", "a", "A.b_c~d-1", "x" * 64, "0" * 31, "6f9619ff-8b86"])
def test_a_client_has_a_plain_name(text):
    """As a URL has it without escapes."""
    assert is_client_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 65,
        "a b",
        "a:b",
        "é",
        "a\n",
        "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        "6F9619FF8B864D01B42D00CF4FC964FF",
    ],
)
def test_no_client_is_called_as_users_are(text):
    """Nor so that HTTP Basic could not say it."""
    assert not is_client_id(text)


def test_its_secret_proves_it():
    """And no other, nor none."""
    assert CLIENT.is_proven(NEW, now=NOW)
    assert not any(CLIENT.is_proven(one, now=NOW) for one in (OLD, Secret(""), Secret("\udcff")))


def test_the_secret_before_is_good_for_a_while():
    """To the second."""
    rotated = replace(CLIENT, previous_digest=digest_of(OLD), previous_until=NOW + 5)
    assert [rotated.is_proven(OLD, now=NOW + age) for age in (0, 4, 5)] == [True, True, False]
    assert rotated.is_proven(NEW, now=NOW + 9)


def test_what_stands_for_keys_is_no_secret():
    """Nor is the digest itself; keys before are good for a while, as secrets are."""
    client = replace(CLIENT, digest=digest_of_keys("{}"), keys="{}")
    assert not client.is_proven(Secret(client.digest), now=NOW)
    assert client.key_sets(now=NOW) == ("{}",)
    rotated = replace(client, previous_keys="[]", previous_until=NOW + 5)
    assert [len(rotated.key_sets(now=NOW + age)) for age in (0, 4, 5)] == [2, 2, 1]
    assert CLIENT.key_sets(now=NOW) == ()


def test_nothing_of_it_opens_anything():
    """What is shown has no digest, and its mark is no session."""
    assert digest_of(NEW) not in repr(CLIENT)
    with pytest.raises(InvalidInputError):
        parse_session_id(new_mark())


@pytest.mark.parametrize("make", [new_secret, new_mark])
def test_without_chance_there_is_no_client(make):
    """The system may give none, for a while."""
    with pytest.raises(UnavailableError):
        make(out_of_entropy)


@pytest.mark.parametrize("error", [UnauthorizedClientError, InvalidScopeError, InvalidTargetError])
def test_an_error_repeats_nothing_that_was_sent(error):
    """What a client asked for stands in no answer."""
    assert str(error())
    assert error.code in {"unauthorized_client", "invalid_scope", "invalid_target"}
