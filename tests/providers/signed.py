"""The vectors of the providers, signed by keys of our own."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from jwt_auth_core import AccessTokens, KeyRing
from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.keys import Hs256Key
from jwt_auth_core.keys.pyjwt import PyJwtKey

NOW = 1_800_000_000
SECRET = "a legacy secret of a project, known to two"
FOLDER = Path(__file__).parents[1] / "vectors" / "providers"
ABSENT = object()


@cache
def key(algorithm):
    """Return the key by which tokens of an algorithm are signed, called k1."""
    if algorithm == "HS256":
        return Hs256Key(SECRET)
    made = _rsa(algorithm) if algorithm[:2] in {"RS", "PS"} else PyJwtKey.generate(algorithm)
    return PyJwtKey.from_jwk({**made.private_jwk(), "kid": "k1"})


def _rsa(algorithm):
    """Return a key of the least size: making and using one of 3072 bits takes thrice the time."""
    pem = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return PyJwtKey.from_pem(made.private_bytes(*pem), algorithm=algorithm)


@cache
def ring(algorithm, issuer=None):
    """Return the keys that verify: the published ones, or the secret that is shared."""
    if algorithm == "HS256":
        return KeyRing.from_foreign_secret(SECRET)
    more = {} if issuer is None else {"issuer": issuer}
    return KeyRing.from_jwks({"keys": [{**key(algorithm).public_jwk(), **more}]})


@dataclass(frozen=True)
class Vector:
    """A token as a provider writes it, and what it is to us."""

    profile: str
    name: str
    algorithm: str
    header: dict
    claims: dict
    issuer: str
    audience: str
    expect: dict = field(hash=False)

    def token(self, *, header=None, **changes):
        """Return the token, some of its claims changed or (ABSENT) left away."""
        members = {name: value for name, value in (self.at(NOW) | changes).items() if value is not ABSENT}
        return signed(self.header if header is None else header, members, self.algorithm)

    def at(self, now):
        """Return the claims with their times."""
        return {name: _time(value, now) for name, value in copy.deepcopy(self.claims).items()}

    def tokens(self, **config):
        """Return what verifies it."""
        known = {"issuer": self.issuer, "audience": self.audience, "profile": self.profile}
        return AccessTokens(ring(self.algorithm), **(known | config))


def signed(header, claims, algorithm):
    """Return a token of a header and claims, both objects."""
    parts = (b64url_encode(compact(part)) for part in (header, claims))
    message = ".".join(parts)
    return f"{message}.{key(algorithm).sign(message.encode()).decode()}"


def compact(value):
    """Return JSON as issuers write it, without white space: what is read fast."""
    return json.dumps(value, separators=(",", ":")).encode()


def _time(value, now):
    return (
        now + value["seconds_from_now"] if isinstance(value, dict) and "seconds_from_now" in value else value
    )


def vectors():
    """Return the vectors of all providers."""
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    return [
        Vector(document["profile"], *(token[name] for name in list(Vector.__dataclass_fields__)[1:]))
        for document in documents
        for token in document["tokens"]
    ]


VECTORS = vectors()


def named(vector):
    """Return the id of a test of a vector."""
    return f"{vector.profile}: {vector.name}"
