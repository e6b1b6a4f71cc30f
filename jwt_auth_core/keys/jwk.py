"""JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037): members become octets, strictly.

Nothing here knows a curve or a driver: what the octets are worth is for `keys.pyjwt` to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import Final, cast

from jwt_auth_core.encoding import b64url_decode, b64url_encode, compact_json
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys.key import ALIASES
from jwt_auth_core.records import dataclass

RSA: Final = "RSA"
P256: Final = "P-256"
P384: Final = "P-384"
P521: Final = "P-521"
ED25519: Final = "Ed25519"

_SIGN: Final = "sign"
_VERIFY: Final = "verify"
_LONGEST_KEY_ID: Final = 256


@dataclass(frozen=True, slots=True)
class Kind:
    """What keys of one type and curve have: members, and the algorithms that they are good for.

    ``octets`` is how long each value is; None for integers, which are as short as they can be.
    """

    kty: str
    public: tuple[str, ...]
    private: tuple[str, ...]
    algorithms: tuple[str, ...]
    curve: str | None = None
    octets: int | None = None


_PRIMES: Final = ("d", "p", "q", "dp", "dq", "qi")
_RSA_ALGORITHMS: Final = ("RS256", "PS256", "RS384", "RS512", "PS384", "PS512")

KINDS: Final[Mapping[str, Kind]] = {
    RSA: Kind("RSA", ("e", "n"), _PRIMES, _RSA_ALGORITHMS),
    P256: Kind("EC", ("x", "y"), ("d",), ("ES256",), P256, 32),
    P384: Kind("EC", ("x", "y"), ("d",), ("ES384",), P384, 48),
    P521: Kind("EC", ("x", "y"), ("d",), ("ES512",), P521, 66),
    ED25519: Kind("OKP", ("x",), ("d",), ("EdDSA", "Ed25519"), ED25519, 32),
}
ALGORITHMS: Final = ("ES256", "EdDSA", "PS256", "RS256")
"""What new keys are made for; all of the kinds' algorithms are verified."""

_SECRET_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True, slots=True)
class Jwk:
    """A key that was read: its kind, one algorithm, perhaps a name, and the octets of its members.

    ``is_private`` where the private members are among the ``values``; ``may_sign`` and
    ``may_verify`` are what ``key_ops`` leave. ``issuer`` is whose tokens the key is for, where one set
    has the keys of several (as Microsoft's have).
    """

    kind: str
    algorithm: str
    key_id: str | None
    values: Mapping[str, bytes] = field(repr=False)
    is_private: bool
    may_sign: bool
    may_verify: bool
    issuer: str | None = None

    def number(self, name: str) -> int:
        """Return a member as the integer that it is (Base64urlUInt)."""
        return int.from_bytes(self.values[name])


def is_secret(members: Mapping[str, object]) -> bool:
    """Tell whether a key has members that nobody but its owner may see."""
    return not _SECRET_MEMBERS.isdisjoint(members)


def parse_jwk(
    members: Mapping[str, object], *, algorithm: str | None = None, rsa_algorithm: str = "RS256"
) -> Jwk:
    """Return the key that *members* describe, for one algorithm (JWT-05, JWT-07).

    The algorithm is the key's ``alg``; where that is missing the *algorithm* that is expected, or else
    the one that its kind is for: *rsa_algorithm*, ES256, ES384, ES512, EdDSA.

    Raises:
        WeakKeyError: another type, curve, algorithm or use; a member missing or not canonical.
    """
    kind = _kind(members)
    usual = rsa_algorithm if kind == RSA else KINDS[kind].algorithms[0]
    chosen = _algorithm(members, KINDS[kind], algorithm, usual)
    operations = _operations(members)
    is_private = is_secret(members)
    names = KINDS[kind].public + (KINDS[kind].private if is_private else ())
    issuer = members.get("issuer")
    return Jwk(
        kind,
        ALIASES.get(chosen, chosen),
        _key_id(members),
        {name: _octets(members, name, KINDS[kind], is_private=is_private) for name in names},
        is_private=is_private,
        may_sign=is_private and _SIGN in operations,
        # The right to sign is the private key's; its public half may do what that is for.
        may_verify=_VERIFY in operations or (is_private and _SIGN in operations),
        issuer=issuer if isinstance(issuer, str) else None,
    )


def thumbprint(members: Mapping[str, str]) -> str:
    """Return the SHA-256 thumbprint of the *members* of a public key that RFC 7638 asks for."""
    text = compact_json(dict(sorted(members.items())))
    return b64url_encode(hashlib.sha256(text).digest())


def public_members(kind: str, values: Mapping[str, bytes]) -> dict[str, str]:
    """Return the members of a public key that its thumbprint is made of."""
    kty, curve = KINDS[kind].kty, KINDS[kind].curve
    head = {"kty": kty} if curve is None else {"kty": kty, "crv": curve}
    return {**head, **{name: b64url_encode(values[name]) for name in KINDS[kind].public}}


def integer(value: int) -> bytes:
    """Return an integer in as few octets as it has (RFC 7518 section 2, Base64urlUInt)."""
    return value.to_bytes((value.bit_length() + 7) // 8)


def _kind(members: Mapping[str, object]) -> str:
    kty, curve = members.get("kty"), members.get("crv")
    kinds = {name: kind for name, kind in KINDS.items() if kind.kty == kty}
    if not kinds:
        raise WeakKeyError(
            f"key refused: its kty is none of {', '.join(sorted({k.kty for k in KINDS.values()}))}"
        )
    # No set: a curve from elsewhere may be anything, a list without a hash among it.
    found = [name for name, kind in kinds.items() if kind.curve in (None, curve)]
    if not found:
        raise WeakKeyError(f"key refused: its curve is not {' or '.join(kinds)}")
    if "oth" in members:
        raise WeakKeyError("key refused: an RSA key has two primes")
    return found[0]


def _algorithm(members: Mapping[str, object], kind: Kind, expected: str | None, usual: str) -> str:
    named = members.get("alg", expected or usual)
    if not isinstance(named, str) or named not in kind.algorithms:
        raise WeakKeyError(f"key refused: its algorithm is none of {', '.join(kind.algorithms)}")
    if expected is not None and named != expected:
        raise WeakKeyError(f"key refused: it is for {named}, not for {expected}")
    return named


def _operations(members: Mapping[str, object]) -> frozenset[str]:
    """Return what the key may be used for: signing, verifying, or both (RFC 7517 sections 4.2, 4.3)."""
    if members.get("use", "sig") != "sig":
        raise WeakKeyError("key refused: its use is not sig")
    named = members.get("key_ops", [_SIGN, _VERIFY])
    if not isinstance(named, list) or not all(isinstance(one, str) for one in cast("list[object]", named)):
        raise WeakKeyError("key refused: its key_ops are no list of texts")
    operations = frozenset(cast("list[str]", named))
    if len(operations) != len(cast("list[str]", named)) or not operations <= {_SIGN, _VERIFY}:
        raise WeakKeyError("key refused: its key_ops are not sign and verify, once each")
    return operations


def _key_id(members: Mapping[str, object]) -> str | None:
    key_id = members.get("kid")
    if key_id is None and "kid" not in members:
        return None
    if not isinstance(key_id, str) or not 1 <= len(key_id) <= _LONGEST_KEY_ID:
        raise WeakKeyError(f"key refused: its kid is no text of 1 to {_LONGEST_KEY_ID} characters")
    return key_id


def _octets(members: Mapping[str, object], name: str, kind: Kind, *, is_private: bool) -> bytes:
    text = members.get(name)
    try:
        octets = b64url_decode(text) if isinstance(text, str) else b""
    except ValueError:
        octets = b""
    if not is_private and kind.kty != "OKP":
        octets = _shortest(octets, kind.octets or 0)
    # An integer has no leading zero, or it would have several spellings, and thumbprints.
    fits = octets[:1] not in {b"", b"\0"} if kind.octets is None else len(octets) == kind.octets
    if not fits:
        del members, text, octets  # crash reporters collect the variables of frames
        raise WeakKeyError(f"key refused: its member {name} is missing or not canonical")
    return octets


def _shortest(octets: bytes, length: int) -> bytes:
    """Return a published number without the zeros that some issuers write before it.

    They are those of Java's BigInteger; the number is the same, and has one spelling from here on.
    """
    return octets[max(0, min(len(octets) - length, len(octets) - len(octets.lstrip(b"\0")))) :]
