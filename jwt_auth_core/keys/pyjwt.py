"""RS256, PS256, ES256 and EdDSA by PyJWT and cryptography; the only file that imports them.

One key has one algorithm, and its size and curve were checked before it exists (JWT-05, JWT-07).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Self, cast

from jwt_auth_core.encoding import b64url_decode, b64url_encode, b64url_octets
from jwt_auth_core.errors import MissingDriverError, WeakKeyError
from jwt_auth_core.keys.jwk import (
    ALGORITHMS,
    EC,
    KINDS,
    OKP,
    RSA,
    Jwk,
    integer,
    parse_jwk,
    public_members,
    thumbprint,
)
from jwt_auth_core.vocabulary import Secret

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from jwt import algorithms
except ImportError as missing:
    raise MissingDriverError("pyjwt", extra="jwt") from missing

LEAST_RSA_BITS: Final = 2048  # RFC 7518 section 3.3
MOST_RSA_BITS: Final = 8192  # verifying costs its square
_USUAL_EXPONENT: Final = 65_537
_OCTETS: Final = 32  # of a coordinate of P-256 and of an Ed25519 key

_Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
_Public = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
_PRIVATE: Final = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)

# Each has sign(message, key) and verify(message, key, signature); they differ in the types of keys.
_SCHEMES: Final[Mapping[str, Any]] = {
    "RS256": algorithms.RSAAlgorithm(hashes.SHA256),
    "PS256": algorithms.RSAPSSAlgorithm(hashes.SHA256),
    "ES256": algorithms.ECAlgorithm(hashes.SHA256),
    "EdDSA": algorithms.OKPAlgorithm(),
}


class PyJwtKey:
    """An asymmetric key; a class because it is checked and its driver bound once.

    Made by `generate`, `from_pem` or `from_jwk`. A public key verifies and cannot sign.
    """

    __slots__ = ("_characters", "_jwk", "_private", "_sign", "_verify", "algorithm", "can_sign", "key_id")

    def __init__(self, key: _Private | _Public, jwk: Jwk) -> None:
        self._private = key if isinstance(key, _PRIVATE) else None
        public = key.public_key() if isinstance(key, _PRIVATE) else key
        scheme = _SCHEMES[jwk.algorithm]
        self._jwk = jwk
        self._sign = partial(_without_message, scheme.sign, self._private)
        self._verify = partial(_in_order, scheme.verify, public)
        self._characters = -(-_signature_octets(public) * 4 // 3)
        self.algorithm = jwk.algorithm
        self.can_sign = jwk.may_sign
        self.key_id = jwk.key_id or thumbprint(public_members(jwk.kind, jwk.values))

    @classmethod
    def generate(cls, algorithm: str = "EdDSA") -> Self:
        """Return a new private key; an RSA one has 3072 bits.

        Raises:
            WeakKeyError: the algorithm is none of `jwk.ALGORITHMS`.
        """
        if algorithm not in _SCHEMES:
            raise WeakKeyError(f"algorithm is one of {', '.join(ALGORITHMS)}")
        return cls._of(_generated(algorithm), algorithm)

    @classmethod
    def from_pem(cls, text: str | bytes | Secret, *, algorithm: str | None = None) -> Self:
        """Return the one private or public key of a PEM text.

        Without an *algorithm* an RSA key is for RS256, a key on P-256 for ES256, an Ed25519 one for EdDSA.

        Raises:
            WeakKeyError: no PEM, encrypted, of another kind, size or curve than the algorithm's.
        """
        key = _loaded(_plain(text))
        del text  # crash reporters collect the variables of frames
        if key is None:
            raise WeakKeyError("key refused: it is no unencrypted PEM of an RSA, P-256 or Ed25519 key")
        return cls._of(key, algorithm)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object] | Jwk, *, algorithm: str | None = None) -> Self:
        """Return the private or public key of a JWK; its ``kid`` is its name, if it has one.

        Raises:
            WeakKeyError: a member, the size, the curve, the use or the algorithm is not what it must be.
        """
        try:
            parsed = jwk if isinstance(jwk, Jwk) else parse_jwk(jwk, algorithm=algorithm)
            key = _checked(_material(parsed))
        except WeakKeyError as error:
            del jwk  # crash reporters collect the variables of frames
            raise error.with_traceback(None) from None
        if not parsed.may_verify:
            raise WeakKeyError("key refused: its key_ops let it neither sign nor verify")
        return cls(key, parsed)

    @classmethod
    def _of(cls, key: _Private | _Public, algorithm: str | None) -> Self:
        return cls.from_jwk(_members(_checked(key)), algorithm=algorithm)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of *message* as base64url text.

        Raises:
            WeakKeyError: the key is a public one, or may not sign.
        """
        if not self.can_sign:
            raise WeakKeyError(f"the key {self.key_id} verifies only; it cannot sign")
        return b64url_octets(self._sign(message))

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Tell whether *signature* is one of *message*, in canonical base64url."""
        if len(signature) != self._characters:
            return False
        try:
            octets = b64url_decode(signature)
        except ValueError:
            return False
        return self._verify(message, octets)

    def public_jwk(self) -> dict[str, str]:
        """Return the public key with its name, algorithm and use (RFC 7517)."""
        named = {"kid": self.key_id, "alg": self.algorithm, "use": "sig"}
        return {**public_members(self._jwk.kind, self._jwk.values), **named}

    def private_jwk(self) -> dict[str, str]:
        """Return the private key as JWK members, to be kept where nobody else reads.

        Raises:
            WeakKeyError: there is none.
        """
        if self._private is None:
            raise WeakKeyError(f"the key {self.key_id} has no private half")
        values = self._jwk.values
        return {**self.public_jwk(), **{n: b64url_encode(values[n]) for n in KINDS[self._jwk.kind].private}}

    def __repr__(self) -> str:
        return f"PyJwtKey({self.algorithm}, key_id={self.key_id!r}, can_sign={self.can_sign})"


def _without_message(sign: Any, key: object, message: bytes) -> bytes:
    return cast("bytes", sign(message, key))


def _in_order(verify: Any, key: object, message: bytes, signature: bytes) -> bool:
    return cast("bool", verify(message, key, signature))


def _signature_octets(key: _Public) -> int:
    return key.key_size // 8 + bool(key.key_size % 8) if isinstance(key, rsa.RSAPublicKey) else 2 * _OCTETS


def _generated(algorithm: str) -> _Private:
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=_USUAL_EXPONENT, key_size=3072)


def _plain(text: str | bytes | Secret) -> bytes:
    plain = text.reveal() if isinstance(text, Secret) else text
    return plain.encode("utf-8", "surrogatepass") if isinstance(plain, str) else plain


def _loaded(pem: bytes) -> _Private | _Public | None:
    for load in (
        partial(serialization.load_pem_private_key, password=None),
        serialization.load_pem_public_key,
    ):
        try:
            key: object = load(pem)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        return key if isinstance(key, _Private | _Public) else None
    return None


def _checked(key: _Private | _Public) -> _Private | _Public:
    """Return the key if its size and curve will do (RFC 7518 sections 3.3 and 3.4)."""
    public = key.public_key() if isinstance(key, _PRIVATE) else key
    if isinstance(public, ec.EllipticCurvePublicKey) and not isinstance(public.curve, ec.SECP256R1):
        raise WeakKeyError(f"key refused: its curve is {public.curve.name}, not P-256")
    # That an exponent is odd and at least 3 the driver sees to: it makes no key of another.
    if isinstance(public, rsa.RSAPublicKey) and not LEAST_RSA_BITS <= public.key_size <= MOST_RSA_BITS:
        limits = f"at least {LEAST_RSA_BITS} and at most {MOST_RSA_BITS}"
        raise WeakKeyError(f"key refused: it has {public.key_size} bits, {limits} are needed")
    return key


def _material(jwk: Jwk) -> _Private | _Public:
    try:
        key = _MAKERS[jwk.kind](jwk)
    except (ValueError, UnsupportedAlgorithm):
        # The driver's own words may show what it was given.
        raise WeakKeyError(
            "key refused: its numbers are not those of a key, or its point is off the curve"
        ) from None
    return key


def _rsa(jwk: Jwk) -> _Private | _Public:
    public = rsa.RSAPublicNumbers(jwk.number("e"), jwk.number("n"))
    if not jwk.is_private:
        return public.public_key()
    d, p, q, dp, dq, qi = map(jwk.number, KINDS[RSA].private)
    return rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, public).private_key()


def _ec(jwk: Jwk) -> _Private | _Public:
    public = ec.EllipticCurvePublicNumbers(jwk.number("x"), jwk.number("y"), ec.SECP256R1())
    if not jwk.is_private:
        return public.public_key()
    return ec.EllipticCurvePrivateNumbers(jwk.number("d"), public).private_key()


def _okp(jwk: Jwk) -> _Private | _Public:
    if not jwk.is_private:
        return ed25519.Ed25519PublicKey.from_public_bytes(jwk.values["x"])
    key = ed25519.Ed25519PrivateKey.from_private_bytes(jwk.values["d"])
    if key.public_key().public_bytes_raw() != jwk.values["x"]:
        raise ValueError("the halves do not belong together")
    return key


_MAKERS: Final = {RSA: _rsa, EC: _ec, OKP: _okp}


def _members(key: _Private | _Public) -> dict[str, object]:
    """Return a key as the members of a JWK, so that there is one way into a `PyJwtKey`."""
    kind, values = _values(key)
    names = [*KINDS[kind].public, *(KINDS[kind].private if isinstance(key, _PRIVATE) else ())]
    return {"kty": kind, "crv": KINDS[kind].curve, **{n: b64url_encode(values[n]) for n in names}}


def _values(key: _Private | _Public) -> tuple[str, dict[str, bytes]]:
    match key:
        case rsa.RSAPrivateKey():
            return RSA, _rsa_values(key.private_numbers())
        case rsa.RSAPublicKey():
            return RSA, _named_integers(key.public_numbers(), "e", "n")
        case ec.EllipticCurvePrivateKey():
            secret = {"d": key.private_numbers().private_value.to_bytes(_OCTETS)}
            return EC, {**secret, **_point(key.public_key())}
        case ec.EllipticCurvePublicKey():
            return EC, _point(key)
        case ed25519.Ed25519PrivateKey():
            return OKP, {"d": key.private_bytes_raw(), "x": key.public_key().public_bytes_raw()}
        case _:
            return OKP, {"x": key.public_bytes_raw()}


def _rsa_values(numbers: rsa.RSAPrivateNumbers) -> dict[str, bytes]:
    theirs = {"d": "d", "p": "p", "q": "q", "dp": "dmp1", "dq": "dmq1", "qi": "iqmp"}
    secret = {ours: integer(getattr(numbers, name)) for ours, name in theirs.items()}
    return {**secret, **_named_integers(numbers.public_numbers, "e", "n")}


def _named_integers(numbers: rsa.RSAPublicNumbers, *names: str) -> dict[str, bytes]:
    return {name: integer(getattr(numbers, name)) for name in names}


def _point(key: ec.EllipticCurvePublicKey) -> dict[str, bytes]:
    numbers = key.public_numbers()
    return {"x": numbers.x.to_bytes(_OCTETS), "y": numbers.y.to_bytes(_OCTETS)}
