"""Keys that are refused: too small, off the curve, for another use, or not written as they should be."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519

from jwt_auth_core.encoding import b64url_decode, b64url_encode
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys.jwk import integer
from jwt_auth_core.keys.pyjwt import PyJwtKey
from tests.keys.asymmetric import number
from tests.keys.made import KEYS, P256, PKCS8, RSA, pem, public_pem

ENCRYPTED = RSA.private_bytes(*PKCS8, serialization.BestAvailableEncryption(b"x"))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ENCRYPTED,
        "\ud800",
        pem(x25519.X25519PrivateKey.generate()),
    ],
    ids=["empty", "broken", "encrypted", "surrogate", "exchange"],
)
def test_another_pem_is_refused(text):
    """No PEM, an encrypted one, or one of a key that cannot sign."""  # JWT-07
    with pytest.raises(WeakKeyError, match="no unencrypted PEM"):
        PyJwtKey.from_pem(text)


def test_a_pem_of_another_curve_is_refused():
    """The curve of Bitcoin is none of ours, and P-384 is not for ES256."""  # JWT-07
    with pytest.raises(WeakKeyError, match="its curve is secp256k1"):
        PyJwtKey.from_pem(public_pem(ec.generate_private_key(ec.SECP256K1())))
    other = public_pem(ec.generate_private_key(ec.SECP384R1()))
    assert PyJwtKey.from_pem(other).algorithm == "ES384"
    with pytest.raises(WeakKeyError, match="none of ES384"):
        PyJwtKey.from_pem(other, algorithm="ES256")


def test_small_rsa_is_refused():
    """1024 and 2047 bits are too few, from PEM and from JWK."""  # JWT-07
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - that is the point
    for text in (pem(small), public_pem(small)):
        with pytest.raises(WeakKeyError, match="it has 1024 bits, at least 2048"):
            PyJwtKey.from_pem(text)
    for bits in (512, 1024, 2047, 8193, 16_000):
        with pytest.raises(WeakKeyError):
            PyJwtKey.from_jwk({"kty": "RSA", "e": "AQAB", "n": number((1 << (bits - 1)) + 1)})


@pytest.mark.parametrize("exponent", [0, 1, 2, 4, 65_536])
def test_a_poor_exponent_is_refused(exponent):
    """RSA with e = 1 signs nothing at all; even ones are no exponents."""  # JWT-07
    members = {**PyJwtKey.from_pem(public_pem(RSA)).public_jwk(), "e": number(exponent)}
    with pytest.raises(WeakKeyError):
        PyJwtKey.from_jwk(members)


def test_an_exponent_of_three_will_do():
    """The least exponent that RSA has."""
    made = rsa.generate_private_key(public_exponent=3, key_size=2048)
    assert PyJwtKey.from_pem(public_pem(made)).public_jwk()["e"] == "Aw"


def test_a_point_off_the_curve_is_refused():
    """A public key that is no point would leak the private keys of others, and verify nothing."""  # JWT-07
    jwk = PyJwtKey.from_pem(public_pem(P256)).public_jwk()
    for members in ({**jwk, "y": jwk["x"]}, {**jwk, "x": "A" * 43, "y": "A" * 43}):
        with pytest.raises(WeakKeyError, match="off the curve"):
            PyJwtKey.from_jwk(members)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_halves_that_do_not_belong_together_are_refused(algorithm):
    """A private key with another's public numbers is no key."""  # JWT-07
    mine, other = KEYS[algorithm].private_jwk(), PyJwtKey.generate(algorithm).public_jwk()
    with pytest.raises(WeakKeyError, match="not those of a key"):
        PyJwtKey.from_jwk({**mine, **other})


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"use": "enc"}, "its use is not sig"),
        ({"use": None}, "its use is not sig"),
        ({"key_ops": ["sign"]}, "neither sign nor verify"),
        ({"key_ops": []}, "neither sign nor verify"),
        ({"key_ops": ["verify", "verify"]}, "once each"),
        ({"key_ops": ["verify", "wrapKey"]}, "once each"),
        ({"key_ops": "verify"}, "no list"),
        ({"key_ops": [1]}, "no list"),
        ({"alg": "RS256"}, "its algorithm is none of ES256"),
        ({"alg": "none"}, "its algorithm"),
        ({"alg": None}, "its algorithm"),
        ({"crv": "P-384"}, "its algorithm is none of ES384"),
        ({"crv": "P-384", "alg": "ES384"}, "its member x"),
        ({"crv": "secp256k1"}, "its curve is not P-256 or P-384 or P-521"),
        ({"kty": "oct"}, "its kty is none of"),
        ({"kty": ["EC"]}, "its kty is none of"),
        ({"kid": ""}, "its kid is no text"),
        ({"kid": None}, "its kid is no text"),
        ({"kid": "k" * 257}, "its kid is no text"),
        ({"x": "AA"}, "its member x"),
        ({"y": None}, "its member y"),
        ({"y": "=" * 43}, "its member y"),
    ],
)
def test_a_public_jwk_is_read_strictly(members, reason):
    """Use, operations, algorithm, curve, type, name and every number must be what they should."""  # JWT-07
    with pytest.raises(WeakKeyError, match=reason):
        PyJwtKey.from_jwk({**KEYS["ES256"].public_jwk(), **members})


def test_integers_have_one_spelling():
    """A zero in front, as some issuers publish it, makes no other key; a private key has none."""
    private = KEYS["RS256"].private_jwk()
    public = KEYS["RS256"].public_jwk()
    nameless = {name: value for name, value in public.items() if name != "kid"}
    padded = b64url_encode(b"\0" + b64url_decode(public["n"]))
    spelled = [PyJwtKey.from_jwk({**nameless, **more}) for more in ({}, {"e": "AAEAAQ"}, {"n": padded})]
    assert len({key.key_id for key in spelled}) == 1
    with pytest.raises(WeakKeyError, match="its member e"):
        PyJwtKey.from_jwk({**private, "e": "AAEAAQ"})
    point = KEYS["ES256"].public_jwk()
    padded = b64url_encode(b"\0" + b64url_decode(point["x"]))
    assert PyJwtKey.from_jwk({**point, "x": padded}).public_jwk() == point
    assert integer(65_537) == b"\x01\x00\x01"


def test_primes_beyond_two_are_refused():
    """Nobody makes such keys, and nobody checks them."""
    with pytest.raises(WeakKeyError, match="two primes"):
        PyJwtKey.from_jwk({**KEYS["RS256"].private_jwk(), "oth": []})


def test_operations_of_a_private_key():
    """With ``sign`` it signs, and its public half verifies; with ``verify`` alone it does not sign."""
    # JWT-07
    jwk = KEYS["EdDSA"].private_jwk()
    signs = PyJwtKey.from_jwk({**jwk, "key_ops": ["sign"]})
    assert signs.verify(b"message", signs.sign(b"message"))
    assert not PyJwtKey.from_jwk({**jwk, "key_ops": ["verify"]}).can_sign


def test_the_expected_algorithm_wins():
    """A key that says otherwise is refused; one that says nothing is taken for it."""  # JWT-05
    jwk = KEYS["RS256"].public_jwk()
    with pytest.raises(WeakKeyError, match="it is for RS256, not for PS256"):
        PyJwtKey.from_jwk(jwk, algorithm="PS256")
    silent = {name: value for name, value in jwk.items() if name != "alg"}
    assert PyJwtKey.from_jwk(silent, algorithm="PS256").algorithm == "PS256"


def test_an_unknown_algorithm_is_not_generated():
    """The message names the ones that there are."""
    with pytest.raises(WeakKeyError, match="ES256, EdDSA, PS256, RS256"):
        PyJwtKey.generate("none")
