"""Tokens made by hand, part by part, so that each part can be wrong."""

from __future__ import annotations

import json

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.keys import Hs256Key, KeyRing

NOW = 1_800_000_000
SECRET = "only the tests of the tokens know this secret"
KEY = Hs256Key(SECRET)
RING = KeyRing([KEY])
HEADER = {"alg": "HS256", "typ": "at+jwt", "kid": KEY.key_id}
REGISTERED = frozenset(
    {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "sid", "scope", "client_id", "auth_time", "amr", "acr"}
)
CLAIMS = {"sub": "42", "iat": NOW, "exp": NOW + 900, "jti": "4f2a"}


def octets(part):
    """Return a part as it is, or as the JSON of an object (surrogates escaped, NaN as it comes)."""
    return part if isinstance(part, bytes) else json.dumps(part).encode()


def sealed(header_segment, payload_segment, *, key=KEY):
    """Return a token of two encoded segments and their right signature."""
    message = f"{header_segment}.{payload_segment}"
    return f"{message}.{key.sign(message.encode()).decode()}"


def forged(payload=CLAIMS, *, header=HEADER, key=KEY):
    """Return a token with a right signature over any payload and header, objects or octets."""
    return sealed(b64url_encode(octets(header)), b64url_encode(octets(payload)), key=key)


def claims(*without, **changes):
    """Return valid claims, some changed and some left out."""
    return {name: value for name, value in (CLAIMS | changes).items() if name not in without}
