"""Assertions as clients make them: claims and header by hand, signed by PyJWT."""

from __future__ import annotations

import json
from uuid import uuid4

import jwt

from jwt_auth_core.keys.jwks import render_jwks
from jwt_auth_core.keys.pyjwt import PyJwtKey
from jwt_auth_core.keys.ring import KeyRing

NOW = 1_800_000_000
ISSUER = "https://id.example.com"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def key_pair(algorithm="EdDSA"):
    """Return a new private key."""
    return PyJwtKey.generate(algorithm)


def jwks(*pairs):
    """Return the JWKS of the public halves, as a client publishes it."""
    return render_jwks(pairs)


def ring(pair):
    """Return what verifies the signatures of a pair."""
    return KeyRing.from_jwks(jwks(pair))


def signed(pair, *, header=None, now=NOW, **claims):
    """Return an assertion; claims and members of the header that are None are left out."""
    usual = {"iss": "billing", "sub": "billing", "aud": ISSUER, "exp": now + 60, "jti": uuid4().hex}
    said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    head = {"kid": pair.key_id, "typ": "JWT", **(header or {})}
    key = jwt.PyJWK(pair.private_jwk()).key
    algorithm = jwt.get_algorithm_by_name(pair.algorithm)
    head = {"alg": pair.algorithm, **{name: value for name, value in head.items() if value is not None}}
    parts = [jwt.utils.base64url_encode(json.dumps(part).encode()) for part in (head, said)]
    signature = algorithm.sign(b".".join(parts), key)
    return b".".join([*parts, jwt.utils.base64url_encode(signature)]).decode()
