"""RS256, PS256, ES256 and EdDSA by PyJWT, and verified by cryptography itself.

One key has one algorithm; `keys.cryptography` checked its size and curve (JWT-05, JWT-07).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import partial
from typing import Any, Final, Self, cast

from jwt_auth_core.encoding import b64url_encode, b64url_octets
from jwt_auth_core.errors import MissingDriverError, WeakKeyError
from jwt_auth_core.keys import cryptography as material
from jwt_auth_core.keys.jwk import ALGORITHMS, KINDS, Jwk, parse_jwk, public_members, thumbprint
from jwt_auth_core.keys.signatures.cryptography import verifier
from jwt_auth_core.vocabulary import Secret

try:
    from jwt import algorithms
except ImportError as missing:
    raise MissingDriverError("pyjwt", extra="jwt") from missing

LEAST_RSA_BITS: Final = material.LEAST_RSA_BITS
MOST_RSA_BITS: Final = material.MOST_RSA_BITS

# Each has sign(message, key); they differ in the types of keys.
_SCHEMES: Final[Mapping[str, Any]] = {
    "RS256": algorithms.RSAAlgorithm(algorithms.RSAAlgorithm.SHA256),
    "PS256": algorithms.RSAPSSAlgorithm(algorithms.RSAPSSAlgorithm.SHA256),
    "ES256": algorithms.ECAlgorithm(algorithms.ECAlgorithm.SHA256),
    "EdDSA": algorithms.OKPAlgorithm(),
}
_ONES: Final = ", ".join(_SCHEMES)


class PyJwtKey:
    """An asymmetric key; a class because it is checked and its driver bound once.

    Made by `generate`, `from_pem` or `from_jwk`. A public key verifies and cannot sign.
    """

    __slots__ = (
        *("_jwk", "_private", "_public", "_sign"),
        *("algorithm", "can_sign", "issuer", "key_id", "verify"),
    )

    def __init__(self, key: material.Private | material.Public, jwk: Jwk) -> None:
        self._private = material.private_half(key)
        self._public = material.public_half(key)
        self._jwk = jwk
        self._sign = partial(_without_message, jwk.algorithm, self._private)
        # An attribute, so that nothing stands between a token and the check of its signature.
        self.verify = verifier(jwk.kind, self._public, jwk.algorithm)
        self.issuer = jwk.issuer
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
        return cls._of(material.generated(algorithm), algorithm)

    @classmethod
    def from_pem(cls, text: str | bytes | Secret, *, algorithm: str | None = None) -> Self:
        """Return the one private or public key of a PEM text.

        Without an *algorithm* an RSA key is for RS256, a key on P-256 for ES256, an Ed25519 one for EdDSA.

        Raises:
            WeakKeyError: no PEM, encrypted, of another kind, size or curve than the algorithm's.
        """
        key = material.loaded(_plain(text))
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
            key = material.checked(material.material(parsed))
        except WeakKeyError as error:
            del jwk  # crash reporters collect the variables of frames
            raise error.with_traceback(None) from None
        if not parsed.may_verify:
            raise WeakKeyError("key refused: its key_ops let it neither sign nor verify")
        if parsed.is_private and parsed.algorithm not in _SCHEMES:
            raise WeakKeyError(f"key refused: {parsed.algorithm} only verifies here; {_ONES} sign")
        return cls(key, parsed)

    @classmethod
    def _of(cls, key: material.Private | material.Public, algorithm: str | None) -> Self:
        return cls.from_jwk(material.members(material.checked(key)), algorithm=algorithm)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of *message* as base64url text.

        Raises:
            WeakKeyError: the key is a public one, or may not sign.
        """
        if not self.can_sign:
            raise WeakKeyError(f"the key {self.key_id} verifies only; it cannot sign")
        return b64url_octets(self._sign(message))

    def after(self, opening: bytes) -> Self:
        """Return this key for verifying messages of which *opening* is left away."""
        key = copy(self)
        key.verify = verifier(self._jwk.kind, self._public, self.algorithm, opening)
        return key

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


def _without_message(algorithm: str, key: object, message: bytes) -> bytes:
    return cast("bytes", _SCHEMES[algorithm].sign(message, key))


def _plain(text: str | bytes | Secret) -> bytes:
    plain = text.reveal() if isinstance(text, Secret) else text
    return plain.encode("utf-8", "surrogatepass") if isinstance(plain, str) else plain
