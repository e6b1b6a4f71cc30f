"""Every test of the verifier runs four times.

With nothing remembered and with all that can be, each with msgspec and without.
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from jwt_auth_core.errors import TokenError
from jwt_auth_core.tokens import AccessTokens, rules
from jwt_auth_core.tokens.msgspec import MsgspecReader
from jwt_auth_core.tokens.payload_patterns import PayloadPatterns
from tests.tokens.forge import CLAIMS, NOW, RING, claims, forged

READERS = {"standard library": PayloadPatterns, "msgspec": MsgspecReader}


@pytest.fixture(autouse=True, scope="package", params=list(READERS))
def reader(request):
    """Read payloads with msgspec, and without it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "fast_reader", READERS[request.param])
        yield READERS[request.param]


def verify_cold(token, *, now=NOW, keys=RING, **config):
    """Verify with an object that has seen nothing."""
    return AccessTokens(keys, **config).verify(token, now=now)


def verify_warm(token, *, now=NOW, keys=RING, **config):
    """Verify with an object that knows header and neighbours, and saw this token at other times."""
    tokens = AccessTokens(keys, **config)
    known = {"iss": config.get("issuer"), "aud": config.get("audience")}
    parties = {name: value for name, value in known.items() if value}
    for neighbour in (forged(CLAIMS | parties), forged(claims(scope="a b", **parties))):
        if keys is RING:
            tokens.verify(neighbour, now=NOW)
    for moment in (NOW, now, NOW + 100, NOW - 30):
        with suppress(TokenError):
            tokens.verify(token, now=moment)
    return tokens.verify(token, now=now)


@pytest.fixture(params=[verify_cold, verify_warm], ids=["cold", "warm"])
def verify(request):
    """Return a function of a token, and of now, keys and the configuration."""
    return request.param
