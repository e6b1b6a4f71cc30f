"""Ed25519's doubtful points: the same verdict whoever checks, OpenSSL or libsodium."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

import jwt_auth_core.keys.signatures
from jwt_auth_core.encoding import b64url_encode, b64url_octets
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys import KeyRing
from jwt_auth_core.keys.pyjwt import PyJwtKey
from jwt_auth_core.keys.small_order import POINTS, is_of_key

DOCUMENT = json.loads((Path(__file__).parents[1] / "vectors" / "taming_eddsas.json").read_text("utf-8"))
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME


@pytest.fixture(params=["libsodium", "OpenSSL"], autouse=True)
def checker(request, monkeypatch):
    """Check signatures with libsodium, and without it."""  # SUP-1
    if request.param == "OpenSSL":
        monkeypatch.setitem(sys.modules, "jwt_auth_core.keys.signatures.nacl", None)
        monkeypatch.delattr(jwt_auth_core.keys.signatures, "nacl", raising=False)


def jwk(point):
    """Return a public key as issuers publish it."""
    return {"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(point)}


def root(square):
    """Return a square root modulo the prime; None where there is none (RFC 8032 section 5.1.3)."""
    found = pow(square, (PRIME + 3) // 8, PRIME)
    if (found * found - square) % PRIME:
        found = found * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    return None if (found * found - square) % PRIME else found


def x_of(y):
    """Return an x of a point; None where no point has this y."""
    return root((y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME)


def added(one, two):
    """Return the sum of two points (RFC 8032 section 5.1.4, in plain coordinates)."""
    (x, y), (u, v) = one, two
    both = CURVE * x * u * y * v
    return (
        (x * v + y * u) * pow(1 + both, -1, PRIME) % PRIME,
        (y * v + x * u) * pow(1 - both, -1, PRIME) % PRIME,
    )


def times(number, point):
    """Return a point so many times."""
    found = (0, 1)
    for bit in f"{number:b}":
        found = added(found, found)
        found = added(found, point) if bit == "1" else found
    return found


def small_points():
    """Return the eight points whose order divides eight, left of others times the large order."""
    found = {times(ORDER, (x_of(y), y)) for y in range(2, 60) if x_of(y) is not None}
    return {added(one, two) for one in found for two in found}


def spellings(points):
    """Return all ways to write points, each y also beyond the prime, and zero also with a sign."""
    found = set()
    for x, y in points:
        signs = (0, 1) if x == 0 else (x & 1,)
        found |= {
            (z | sign << 255).to_bytes(32, "little") for z in (y, y + PRIME) for sign in signs if z < 2**255
        }
    return found


def test_the_list_is_that_of_the_curve():
    """Eight points in fourteen spellings, by the curve's own arithmetic."""
    points = small_points()
    assert (len(points), {times(8, point) for point in points}) == (8, {(0, 1)})
    assert spellings(points) == POINTS
    assert len(POINTS) == 14


def test_a_key_of_small_order_is_none():
    """Neither a key of its own nor one of a set: by the rest of the set tokens are verified."""  # JWT-07
    right = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    for point in POINTS:
        with pytest.raises(WeakKeyError, match="small order"):
            PyJwtKey.from_jwk(jwk(point))
        ring = KeyRing.from_jwks({"keys": [{**jwk(point), "kid": "a"}, {**jwk(right), "kid": "b"}]})
        assert [key.key_id for key in ring.keys] == ["b"]
        form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        pem = ed25519.Ed25519PublicKey.from_public_bytes(point).public_bytes(*form)
        with pytest.raises(WeakKeyError, match="small order"):
            PyJwtKey.from_pem(pem)


@pytest.mark.parametrize("beyond", range(19))
def test_a_key_has_one_spelling(beyond):
    """A y that is the prime or above it is another one's, written otherwise."""
    for sign in (0, 1 << 255):
        point = (PRIME + beyond | sign).to_bytes(32, "little")
        assert not is_of_key(point)
        with pytest.raises(WeakKeyError):
            PyJwtKey.from_jwk(jwk(point))


@pytest.mark.parametrize("case", DOCUMENT["cases"], ids=lambda case: case["what"])
def test_the_doubtful_signatures(case):
    """Of those that implementations disagree about only the one passes that is right without the cofactor."""
    key, message, signature = (bytes.fromhex(case[name]) for name in ("key", "message", "signature"))
    try:
        found = PyJwtKey.from_jwk(jwk(key))
    except WeakKeyError:
        assert not case["right"]
        return
    assert found.verify(message, b64url_octets(signature)) is case["right"]
    assert found.after(message[:5]).verify(message[5:], b64url_octets(signature)) is case["right"]


def test_a_signature_of_a_small_point_is_none():
    """Whatever the message: with a point that says nothing of the signer nobody signed."""
    made = ed25519.Ed25519PrivateKey.generate()
    key = PyJwtKey.from_jwk(jwk(made.public_key().public_bytes_raw()))
    right = made.sign(b"message")
    assert key.verify(b"message", b64url_octets(right))
    assert not any(key.verify(b"message", b64url_octets(point + right[32:])) for point in POINTS)
    assert not any(key.verify(b"message", b64url_octets(point + bytes(32))) for point in POINTS)
