"""A million random edits of valid tokens: none is accepted (JWT-19)."""

from __future__ import annotations

import random
from itertools import product

import pytest

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys import Hs256Key, KeyRing
from jwt_auth_core.tokens import AccessTokens, rules
from tests.tokens.conftest import READERS
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


@pytest.fixture(autouse=True)
def reader():
    """Make the edits once: each is shown to both readers here, and to one that knows the originals."""


@pytest.fixture
def verifiers():
    """Return access tokens with two keys that read with either reader; warm ones know every original."""
    made = []
    for reader, is_warm in product(READERS.values(), (False, True)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rules, "fast_reader", reader)
            made.append(AccessTokens(KeyRing([KEY, OLD])))
        for token in ORIGINALS if is_warm else ():
            made[-1].verify(token, now=NOW)
    return made


def accepted(verifiers, *, seed, edits):
    """Return what any of them accepted of that many edited tokens."""
    source, originals, found = random.Random(seed), set(ORIGINALS), []  # noqa: S311 - the same in every run
    for _ in range(edits):
        token = edited(source, source.choice(ORIGINALS), ORIGINALS)
        if token in originals:
            continue
        for tokens in verifiers:
            try:
                found.append((token, tokens.verify(token, now=NOW)))
            except TokenInvalidError:
                continue
    return found


def test_edited_tokens_are_refused(verifiers):
    """Of 20,000 edits none is accepted, cold or warm, with msgspec or without."""  # JWT-19
    assert accepted(verifiers, seed=1, edits=20_000) == []


@pytest.mark.untraced
@pytest.mark.slow
def test_a_million_edited_tokens_are_refused(verifiers):
    """Half a million edits, cold and warm, with msgspec and without: none is accepted."""  # JWT-19
    assert accepted(verifiers, seed=2, edits=500_000) == []
