"""A million random edits of valid tokens: none is accepted (JWT-19)."""

from __future__ import annotations

import random

import pytest

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys import Hs256Key, KeyRing
from jwt_auth_core.tokens import AccessTokens
from tests.tokens.forge import HEADER, KEY, NOW, claims, forged
from tests.tokens.mutations import edited

OLD = Hs256Key("an older secret of the tests of the tokens")
NAMELESS = {"alg": "HS256", "typ": "at+jwt"}
ORIGINALS = [
    forged(),
    forged(claims(sub="43", sid="5e55", scope="a b")),
    forged(claims(x=[{"y": "z"}]), header=HEADER | {"x": "y"}),
    forged(header=NAMELESS),
    forged(header=NAMELESS, key=OLD),
    forged(header=NAMELESS | {"kid": OLD.key_id}, key=OLD),
]


def accepted(tokens, *, seed, edits):
    """Return what was accepted of that many edited tokens."""
    source, originals, found = random.Random(seed), set(ORIGINALS), []  # noqa: S311 - the same in every run
    for _ in range(edits):
        token = edited(source, source.choice(ORIGINALS), ORIGINALS)
        if token in originals:
            continue
        try:
            found.append((token, tokens.verify(token, now=NOW)))
        except TokenInvalidError:
            continue
    return found


@pytest.fixture(params=["cold", "warm"])
def tokens(request):
    """Return access tokens with two keys; warm ones know every original."""
    made = AccessTokens(KeyRing([KEY, OLD]))
    for token in ORIGINALS if request.param == "warm" else ():
        made.verify(token, now=NOW)
    return made


def test_edited_tokens_are_refused(tokens):
    """Of 20,000 edits none is accepted."""  # JWT-19
    assert accepted(tokens, seed=1, edits=20_000) == []


@pytest.mark.untraced
@pytest.mark.slow
def test_a_million_edited_tokens_are_refused(tokens):
    """Half a million edits each, cold and warm: none is accepted."""  # JWT-19
    assert accepted(tokens, seed=2, edits=500_000) == []
