"""Key material by cryptography: JWK and PEM become checked keys, and keys become JWK members.

Its size and curve are checked before a key exists (JWT-05, JWT-07).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import MissingDriverError, WeakKeyError
from jwt_auth_core.keys.jwk import ED25519, KINDS, P256, P384, P521, RSA, Jwk, integer
from jwt_auth_core.keys.small_order import is_of_key

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.x509 import load_pem_x509_certificate
except ImportError as missing:
    raise MissingDriverError("cryptography", extra="jwt") from missing

LEAST_RSA_BITS: Final = 2048  # RFC 7518 section 3.3
MOST_RSA_BITS: Final = 8192  # verifying costs its square
_USUAL_EXPONENT: Final = 65_537

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
Public = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

_PRIVATE: Final = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)
_CURVES: Final[Mapping[str, ec.EllipticCurve]] = {
    P256: ec.SECP256R1(),
    P384: ec.SECP384R1(),
    P521: ec.SECP521R1(),
}


def private_half(key: Private | Public) -> Private | None:
    """Return the key, if it is a private one."""
    return key if isinstance(key, _PRIVATE) else None


def public_half(key: Private | Public) -> Public:
    """Return the public half of a key."""
    return key.public_key() if isinstance(key, _PRIVATE) else key


def generated(algorithm: str) -> Private:
    """Return a new private key; an RSA one has 3072 bits."""
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=_USUAL_EXPONENT, key_size=3072)


def loaded(pem: bytes) -> Private | Public | None:
    """Return the private or public key of a PEM text; None where there is none that can be used."""
    for load in (
        partial(serialization.load_pem_private_key, password=None),
        serialization.load_pem_public_key,
    ):
        try:
            key: object = load(pem)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        return key if isinstance(key, Private | Public) else None
    return None


def certified(pem: str) -> dict[str, object]:
    """Return the public key of an X.509 certificate as JWK members.

    Nothing else of the certificate counts: the issuer's own https answer vouches for it.

    Raises:
        WeakKeyError: it is no certificate, or its key is none of ours.
    """
    try:
        key: object = load_pem_x509_certificate(pem.encode()).public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Public):
        raise WeakKeyError("key refused: it is no X.509 certificate of an RSA, EC or Ed25519 key")
    return members(key)


def checked(key: Private | Public) -> Private | Public:
    """Return the key if its size, curve and point will do (RFC 7518 sections 3.3 and 3.4).

    Raises:
        WeakKeyError: they will not.
    """
    public = public_half(key)
    # That an exponent is odd and at least 3 the driver sees to: it makes no key of another.
    if isinstance(public, rsa.RSAPublicKey) and not LEAST_RSA_BITS <= public.key_size <= MOST_RSA_BITS:
        limits = f"at least {LEAST_RSA_BITS} and at most {MOST_RSA_BITS}"
        raise WeakKeyError(f"key refused: it has {public.key_size} bits, {limits} are needed")
    if isinstance(public, ed25519.Ed25519PublicKey) and not is_of_key(public.public_bytes_raw()):
        raise WeakKeyError("key refused: its point has a small order, or is not written as RFC 8032 says")
    return key


def material(jwk: Jwk) -> Private | Public:
    """Return the key of a JWK.

    Raises:
        WeakKeyError: its numbers are not those of a key.
    """
    try:
        key = _MAKERS[KINDS[jwk.kind].kty](jwk)
    except (ValueError, UnsupportedAlgorithm):
        # The driver's own words may show what it was given.
        raise WeakKeyError(
            "key refused: its numbers are not those of a key, or its point is off the curve"
        ) from None
    return key


def members(key: Private | Public) -> dict[str, object]:
    """Return a key as the members of a JWK, so that there is one way into a key of ours.

    Raises:
        WeakKeyError: it is on a curve that is none of ours.
    """
    kind, values = _values(key)
    names = [*KINDS[kind].public, *(KINDS[kind].private if isinstance(key, _PRIVATE) else ())]
    head: dict[str, object] = {"kty": KINDS[kind].kty, "crv": KINDS[kind].curve}
    return {**head, **{name: b64url_encode(values[name]) for name in names}}


def _rsa(jwk: Jwk) -> Private | Public:
    public = rsa.RSAPublicNumbers(jwk.number("e"), jwk.number("n"))
    if not jwk.is_private:
        return public.public_key()
    d, p, q, dp, dq, qi = map(jwk.number, KINDS[RSA].private)
    return rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, public).private_key()


def _ec(jwk: Jwk) -> Private | Public:
    public = ec.EllipticCurvePublicNumbers(jwk.number("x"), jwk.number("y"), _CURVES[jwk.kind])
    if not jwk.is_private:
        return public.public_key()
    return ec.EllipticCurvePrivateNumbers(jwk.number("d"), public).private_key()


def _okp(jwk: Jwk) -> Private | Public:
    if not jwk.is_private:
        return ed25519.Ed25519PublicKey.from_public_bytes(jwk.values["x"])
    key = ed25519.Ed25519PrivateKey.from_private_bytes(jwk.values["d"])
    if key.public_key().public_bytes_raw() != jwk.values["x"]:
        raise ValueError("the halves do not belong together")
    return key


_MAKERS: Final = {"RSA": _rsa, "EC": _ec, "OKP": _okp}


def _values(key: Private | Public) -> tuple[str, dict[str, bytes]]:
    match key:
        case rsa.RSAPrivateKey():
            return RSA, _rsa_values(key.private_numbers())
        case rsa.RSAPublicKey():
            return RSA, _named_integers(key.public_numbers(), "e", "n")
        case ec.EllipticCurvePrivateKey():
            kind, values = _values(key.public_key())
            return kind, {"d": key.private_numbers().private_value.to_bytes(_size(kind)), **values}
        case ec.EllipticCurvePublicKey():
            kind = _kind_of(key.curve)
            numbers = key.public_numbers()
            return kind, {"x": numbers.x.to_bytes(_size(kind)), "y": numbers.y.to_bytes(_size(kind))}
        case ed25519.Ed25519PrivateKey():
            return ED25519, {"d": key.private_bytes_raw(), "x": key.public_key().public_bytes_raw()}
        case _:
            return ED25519, {"x": key.public_bytes_raw()}


def _kind_of(curve: ec.EllipticCurve) -> str:
    for kind, ours in _CURVES.items():
        if ours.name == curve.name:
            return kind
    raise WeakKeyError(f"key refused: its curve is {curve.name}, not one of {', '.join(_CURVES)}")


def _size(kind: str) -> int:
    return KINDS[kind].octets or 0


def _rsa_values(numbers: rsa.RSAPrivateNumbers) -> dict[str, bytes]:
    theirs = {"d": "d", "p": "p", "q": "q", "dp": "dmp1", "dq": "dmq1", "qi": "iqmp"}
    secret = {ours: integer(getattr(numbers, name)) for ours, name in theirs.items()}
    return {**secret, **_named_integers(numbers.public_numbers, "e", "n")}


def _named_integers(numbers: rsa.RSAPublicNumbers, *names: str) -> dict[str, bytes]:
    return {name: integer(getattr(numbers, name)) for name in names}
