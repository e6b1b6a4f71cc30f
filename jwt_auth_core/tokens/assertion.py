"""Client assertions (RFC 7523 section 3): by which a client proves that it has a key, once.

The audience is the issuer and nothing beside it: draft-ietf-oauth-rfc7523bis and FAPI 2.0 (5.3.2.1) have
it so, because an assertion for an endpoint's URL, which anybody's metadata may name, can be passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from jwt_auth_core.encoding import b64url_decode
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.header import read_header
from jwt_auth_core.tokens.profile import ALGORITHMS, TokenProfile
from jwt_auth_core.tokens.rules import members_of, seconds, text

MOST_CHARACTERS: Final = 8192
MOST_SECONDS: Final = 3600
"""How far ahead ``exp`` may be; so long an assertion is remembered."""
LEEWAY_SECONDS: Final = 60
"""How far a client's clock may be ahead; it never extends an assertion's life."""

_TYPES: Final = frozenset({None, "jwt", "client-authentication+jwt"})
_PROFILE: Final = TokenProfile(name="client assertion", types=_TYPES, algorithms=ALGORITHMS)


@dataclass(frozen=True, slots=True)
class Assertion:
    """Name and end of a verified assertion; only `verify_assertion` makes these."""

    token_id: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class PresentedAssertion:
    """An assertion taken apart: whose it claims to be, which may be anybody's word so far."""

    client_id: str
    header: bytes
    message: bytes
    signature: bytes
    members: Mapping[str, object]


def parse_assertion(token: str) -> PresentedAssertion:
    """Return an assertion that nobody has verified, so that its client's keys can be looked up.

    Raises:
        TokenInvalidError: it is too long, no JWT, or its ``iss`` and ``sub`` are not the same.
    """
    if len(token) > MOST_CHARACTERS:
        raise TokenInvalidError(f"it is longer than {MOST_CHARACTERS} characters")
    message, _, signature = token.encode("ascii", "replace").rpartition(b".")
    header, _, payload = message.partition(b".")
    try:
        members = members_of(b64url_decode(payload))
    except ValueError:
        raise TokenInvalidError("its payload is not canonical base64url of strict JSON") from None
    issuer = text(members.get(wire.ISSUER), wire.ISSUER)
    if issuer != text(members.get(wire.SUBJECT), wire.SUBJECT):
        raise TokenInvalidError("its iss and sub are not the same client")
    return PresentedAssertion(issuer, header, message, signature, members)


def check_signature(presented: PresentedAssertion, keys: Iterable[KeyRing]) -> None:
    """Check that one of the client's keys has signed an assertion, by the algorithm that is that key's own.

    Raises:
        TokenInvalidError: none has, or its header asks for what is not known here.
    """
    header = read_header(presented.header, _PROFILE)
    found = [key for ring in keys for key in ring.find(algorithm=header.algorithm, key_id=header.key_id)]
    if not any(key.verify(presented.message, presented.signature) for key in found):
        raise TokenInvalidError("its signature is not by a key of the client")


def verify_assertion(presented: PresentedAssertion, *, audience: str, now: int) -> Assertion:
    """Return what an assertion whose signature was checked is called, if it is for us and in its time.

    Raises:
        TokenInvalidError: it is for somebody else or for several, has no ``jti``, lasts too long, begins
            later, or is over: ``now >= exp``.
    """
    members = presented.members
    if members.get(wire.AUDIENCE) not in (audience, [audience]):
        raise TokenInvalidError(f"its aud is not {audience} alone")
    expires_at = seconds(members, wire.EXPIRES_AT)
    begins = [seconds(members, name, default=now) for name in (wire.NOT_BEFORE, wire.ISSUED_AT)]
    if max(begins) > now + LEEWAY_SECONDS:
        raise TokenInvalidError("it is from the future")
    if expires_at > now + MOST_SECONDS + LEEWAY_SECONDS:
        raise TokenInvalidError(f"its exp is more than {MOST_SECONDS} seconds ahead")
    if now >= expires_at:
        raise TokenInvalidError("it has expired")
    return Assertion(text(members.get(wire.TOKEN_ID), wire.TOKEN_ID), expires_at)
