"""Key rotation: overlap, retirement, and a thousand tokens that live through it (JWT-18)."""

from __future__ import annotations

import builtins
import socket

import pytest

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys import Hs256Key, KeyRing
from jwt_auth_core.tokens import AccessTokens
from tests.tokens.forge import HEADER, NOW, forged

OLD = "the secret of the tests that is in use"
NEW = "the secret of the tests that comes next"


def test_a_thousand_tokens_live_through_a_rotation():
    """New keys sign at once; old tokens are good until their key is taken away."""  # JWT-18
    tokens = AccessTokens(KeyRing.from_secret(OLD))
    before = [tokens.issue(subject=str(number), now=NOW) for number in range(1000)]
    for token in before[:500]:
        tokens.verify(token, now=NOW)
    tokens.replace_keys(KeyRing.from_secret(NEW, previous=[OLD]))
    after = [tokens.issue(subject=str(number), now=NOW) for number in range(1000)]
    for number in range(1000):
        assert tokens.verify(before[number], now=NOW).subject == str(number)
        assert tokens.verify(after[number], now=NOW).subject == str(number)
    tokens.replace_keys(KeyRing.from_secret(NEW))
    for number in range(1000):
        assert tokens.verify(after[number], now=NOW).subject == str(number)
        with pytest.raises(TokenInvalidError, match="no known key"):
            tokens.verify(before[number], now=NOW)


def test_two_workers_may_change_one_after_the_other():
    """A worker that has only added the new key verifies what another one signs with it (F-24)."""  # JWT-18
    ready = AccessTokens(KeyRing.from_secret(OLD, previous=[NEW]))
    changed = AccessTokens(KeyRing.from_secret(NEW, previous=[OLD]))
    assert ready.verify(changed.issue(subject="42", now=NOW), now=NOW).subject == "42"
    assert changed.verify(ready.issue(subject="42", now=NOW), now=NOW).subject == "42"


def test_an_unknown_key_id_costs_no_look_outside(monkeypatch):
    """A worker with old keys refuses a token of new ones, without a file or a socket (F-24)."""  # JWT-18
    late = AccessTokens(KeyRing.from_secret(OLD))
    token = AccessTokens(KeyRing.from_secret(NEW)).issue(subject="42", now=NOW)
    for module, name in ((socket, "socket"), (builtins, "open")):
        monkeypatch.setattr(module, name, None)
    with pytest.raises(TokenInvalidError, match="names no known key"):
        late.verify(token, now=NOW)


def test_nameless_tokens_live_through_a_rotation_too():
    """Tokens of an issuer that writes no kid verify with any key of the ring."""  # JWT-18
    header = {name: value for name, value in HEADER.items() if name != "kid"}
    old, new = (forged(header=header, key=Hs256Key(secret)) for secret in (OLD, NEW))
    tokens = AccessTokens(KeyRing.from_secret(NEW, previous=[OLD]))
    assert [tokens.verify(token, now=NOW).subject for token in (old, new)] == ["42", "42"]
    tokens.replace_keys(KeyRing.from_secret(NEW))
    with pytest.raises(TokenInvalidError, match="signature"):
        tokens.verify(old, now=NOW)


def test_the_keys_in_force_can_be_read():
    """A rotation builds on the ring in force."""
    tokens = AccessTokens(KeyRing.from_secret(OLD))
    tokens.replace_keys(KeyRing([Hs256Key(NEW), *tokens.keys.keys]))
    assert [key.key_id for key in tokens.keys.keys] == [Hs256Key(NEW).key_id, Hs256Key(OLD).key_id]


class Quick:
    """A source whose thread has new keys in force while a token is looked at; and knows of no others."""

    def __init__(self, ring):
        self.ring, self.is_closed = ring, False

    def follow(self, replace):
        """Keep what puts keys in force."""
        self.replace = replace

    def look(self):
        """Have the thread run, and come to its end at once."""
        self.replace(self.ring)

    def miss(self):
        """Say nothing: as far as the source knows the keys are there."""

    def close(self):
        """Have the thread end."""
        self.is_closed = True


@pytest.mark.parametrize("kid", [{}, {"kid": "k1"}], ids=["another name", "the same name"])
@pytest.mark.parametrize("door", ["a token", "a header"])
def test_keys_that_come_while_a_token_is_looked_at_count(kid, door):
    """The token of a new key is right, although verification had begun with the old ones."""  # JWT-18
    names = {"key_id": kid.get("kid")}
    source = Quick(KeyRing([Hs256Key(NEW, **names)]))
    tokens = AccessTokens(KeyRing([Hs256Key(OLD, **names)]), clock=lambda: NOW)
    tokens.follow(source)
    token = AccessTokens(source.ring).issue(subject="42", now=NOW)
    if door == "a token":
        assert tokens.verify(token).subject == "42"
    else:
        assert (
            tokens.verify_header(token.encode(), lambda value: value, lambda claims: claims.subject) == "42"
        )
    source.ring = KeyRing([Hs256Key(OLD, **names)])
    source.look()
    with pytest.raises(TokenInvalidError, match="known key"):
        tokens.verify(token)


def test_keys_that_change_with_every_look_are_minded():
    """A token of no key is refused all the same."""
    source = Quick(KeyRing.from_secret(NEW))
    tokens = AccessTokens(KeyRing.from_secret(OLD), clock=lambda: NOW)
    tokens.follow(source)
    key = Hs256Key("a third secret of the tests, and nobody's")
    nameless = {name: value for name, value in HEADER.items() if name != "kid"}
    for header, reason in ((HEADER, "names no known key"), (nameless, "not by a known key")):
        with pytest.raises(TokenInvalidError, match=reason):
            tokens.verify(forged(header=header, key=key))


def test_whoever_closes_tokens_ends_what_they_follow():
    """The keys stay as they are; where nothing is followed there is nothing to end."""
    source = Quick(KeyRing.from_secret(NEW))
    tokens = AccessTokens(KeyRing.from_secret(OLD), clock=lambda: NOW)
    tokens.close()
    tokens.follow(source)
    tokens.close()
    assert source.is_closed
    assert [key.key_id for key in tokens.keys.keys] == [Hs256Key(OLD).key_id]
