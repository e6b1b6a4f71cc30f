"""Signatures in tokens checked by cryptography, with as little as can be around its own work.

Every microsecond here is paid at each new token; which hash, padding and curve are meant is decided before.
"""

from __future__ import annotations

import hashlib
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from hmac import compare_digest
from typing import Any, Final, Protocol

from jwt_auth_core.encoding import LAST, STANDARD
from jwt_auth_core.errors import MissingDriverError
from jwt_auth_core.keys import small_order
from jwt_auth_core.keys.cryptography import Public
from jwt_auth_core.keys.jwk import KINDS
from jwt_auth_core.records import dataclass

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError as missing:
    raise MissingDriverError("cryptography", extra="jwt") from missing


class Verify(Protocol):
    """Tells whether a signature, base64url text, is one of a message; never raises."""

    def __call__(self, message: bytes, signature: bytes) -> bool: ...  # noqa: D102 - said above


_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
# What stands before the digest in a signature of PKCS #1 v1.5 (RFC 8017 section 9.2, note 1).
_DIGEST_INFOS: Final[Mapping[str, bytes]] = {
    "256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
_POINT_OCTETS: Final = 32
_LONG_FORM: Final = 0x80  # from this length on DER needs an octet more to say it


def verifier(kind: str, key: Public, algorithm: str, opening: bytes = b"") -> Verify:
    """Return what verifies signatures of a key by its one algorithm.

    Every message begins with *opening*, and comes without it.
    """
    if isinstance(key, rsa.RSAPublicKey):
        spelling = _spelling(-(-key.key_size // 8))
        if algorithm.startswith("RS"):
            quick = _quick_pkcs1(key) if algorithm == "RS256" else None
            if quick is not None:
                return _digested(quick, "256", spelling, opening)
            return _pkcs1(key, algorithm[2:], spelling, opening)
        digest = _HASHES[algorithm[2:]]
        pss = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
        return _checked(key.verify, spelling, opening, pss, digest)
    octets = 2 * (KINDS[kind].octets or 0)  # RFC 7518 section 3.4, RFC 8032 section 5.1.6
    if isinstance(key, ec.EllipticCurvePublicKey):
        quick = _quick_ecdsa(key)
        if quick is not None:
            return _digested(quick, algorithm[2:], _spelling_in_der(octets), opening)
        return _checked(_ecdsa(key, algorithm[2:], octets // 2), _spelling(octets), opening)
    return _ed25519(key, _spelling(octets), opening)


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How a signature is read: length, last characters, decoder, what that wants around it, its errors."""

    characters: int
    last: bytes
    decode: Callable[[bytes], bytes]
    before: bytes
    after: bytes
    refused: tuple[type[Exception], ...]


def _spelling(octets: int) -> _Spelling:
    characters = -(-octets * 4 // 3)
    last, after = LAST[characters & 3], b"=" * (-characters & 3)
    try:
        from jwt_auth_core.keys.signatures import msgspec  # noqa: PLC0415 - an extra
    except ImportError:
        decode = partial(a2b_base64, strict_mode=True)
        return _Spelling(characters, last, decode, b"", after, (InvalidSignature, ValueError))
    errors = InvalidSignature, msgspec.MsgspecError
    return _Spelling(characters, last, msgspec.decode, b'"', after + b'"', errors)


def _checked(verify: Callable[..., None], spelling: _Spelling, opening: bytes, *more: object) -> Verify:
    """Return what tells whether *verify* accepts a signature."""
    characters, last, refused = spelling.characters, spelling.last, spelling.refused
    decode, before, after = spelling.decode, spelling.before, spelling.after

    def is_right(message: bytes, signature: bytes) -> bool:
        if len(signature) != characters or signature[-1] not in last:
            return False
        try:
            verify(decode(before + signature.translate(STANDARD) + after), opening + message, *more)
        except refused:
            return False
        return True

    return is_right


def _pkcs1(key: rsa.RSAPublicKey, bits: str, spelling: _Spelling, opening: bytes) -> Verify:
    """Return what compares the whole of what was signed, as RFC 8017 section 8.2.2 says.

    It is a tenth quicker than the driver's `verify`, which has the same done: the driver checks the
    padding and hands out what stands behind it, which here is compared with the only right thing.
    """
    characters, last, refused = spelling.characters, spelling.last, spelling.refused
    decode, before, after = spelling.decode, spelling.before, spelling.after
    recover: Any = key.recover_data_from_signature
    scheme, information, digest = padding.PKCS1v15(), _DIGEST_INFOS[bits], getattr(hashlib, f"sha{bits}")

    def is_right(message: bytes, signature: bytes) -> bool:
        if len(signature) != characters or signature[-1] not in last:
            return False
        try:
            found = recover(decode(before + signature.translate(STANDARD) + after), scheme, None)
        except refused:
            return False
        return compare_digest(found, information + digest(opening + message).digest())

    return is_right


def _digested(
    check: Callable[[bytes, bytes], bool], bits: str, spelling: _Spelling, opening: bytes
) -> Verify:
    """Return what tells whether *check* accepts a digest and a signature."""
    characters, last, refused = spelling.characters, spelling.last, spelling.refused
    decode, before, after = spelling.decode, spelling.before, spelling.after
    digest = getattr(hashlib, f"sha{bits}")

    def is_right(message: bytes, signature: bytes) -> bool:
        if len(signature) != characters or signature[-1] not in last:
            return False
        try:
            octets = decode(before + signature.translate(STANDARD) + after)
        except refused:
            return False
        return check(digest(opening + message).digest(), octets)

    return is_right


def _spelling_in_der(octets: int) -> _Spelling:
    spelling, in_der = _spelling(octets), _in_der(octets // 2)

    def decoded(text: bytes) -> bytes:
        return in_der(spelling.decode(text))

    return replace(spelling, decode=decoded)


def _quick_pkcs1(key: rsa.RSAPublicKey) -> Callable[[bytes, bytes], bool] | None:
    try:
        from jwt_auth_core.keys.signatures import awscrt  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return awscrt.pkcs1_of(key.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def _quick_ecdsa(key: ec.EllipticCurvePublicKey) -> Callable[[bytes, bytes], bool] | None:
    try:
        from jwt_auth_core.keys.signatures import awscrt  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return awscrt.ecdsa_of(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _ed25519(key: ed25519.Ed25519PublicKey, spelling: _Spelling, opening: bytes) -> Verify:
    try:
        from jwt_auth_core.keys.signatures import nacl  # noqa: PLC0415 - an extra
    except ImportError:
        return _checked(_of_large_order(key.verify), spelling, opening)
    refused = replace(spelling, refused=(*spelling.refused, nacl.BadSignature))
    return _checked(nacl.verify_of(key.public_bytes_raw()), refused, opening)


def _of_large_order(verify: Callable[[bytes, bytes], None]) -> Callable[[bytes, bytes], None]:
    """Return the driver's `verify` for all signatures but those whose point has a small order."""

    def verified(signature: bytes, message: bytes) -> None:
        point = signature[:_POINT_OCTETS]
        if point in small_order.POINTS:
            raise InvalidSignature
        verify(signature, message)

    return verified


def _ecdsa(key: ec.EllipticCurvePublicKey, bits: str, half: int) -> Callable[[bytes, bytes], None]:
    """Return the driver's `verify`; the standard library makes the digest, a hundredth quicker."""
    verify, digest = key.verify, getattr(hashlib, f"sha{bits}")
    scheme, in_der = ec.ECDSA(utils.Prehashed(_HASHES[bits])), _in_der(half)

    def verified(signature: bytes, message: bytes) -> None:
        verify(in_der(signature), digest(message).digest(), scheme)

    return verified


def _in_der(half: int) -> Callable[[bytes], bytes]:
    """Return what makes DER of two integers of *half* octets each (RFC 7518 section 3.4)."""
    # Nearly all integers have a first octet; where its upper bit is set a zero goes before it.
    beginnings = [[_beginnings(half, first, second) for second in (0, 1)] for first in (0, 1)]

    def in_der(octets: bytes) -> bytes:
        first, second = octets[0], octets[half]
        if first and second:
            before, between = beginnings[first >> 7][second >> 7]
            return before + octets[:half] + between + octets[half:]
        return utils.encode_dss_signature(int.from_bytes(octets[:half]), int.from_bytes(octets[half:]))

    return in_der


def _beginnings(half: int, first: int, second: int) -> tuple[bytes, bytes]:
    """Return what stands in DER before two integers of *half* octets, and of so many zeros more."""
    before, between = (b"\2%c" % (half + zeros) + b"\0" * zeros for zeros in (first, second))
    length = len(before) + len(between) + 2 * half
    return (b"0%c" if length < _LONG_FORM else b"0\x81%c") % length + before, between
