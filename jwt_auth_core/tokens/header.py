"""The header of an access token: written once a key, read once a spelling."""

from __future__ import annotations

from typing import Final, cast

from jwt_auth_core.encoding import b64url_decode, b64url_octets, compact_json, strict_json
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys.key import Key
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import ALGORITHM, KEY_ID, REFUSED_HEADERS, TYPE
from jwt_auth_core.tokens.profile import TokenProfile

ACCESS_TOKEN_TYPE: Final = "at+jwt"
_PREFIX: Final = "application/"


@dataclass(frozen=True, slots=True)
class Header:
    """What a header asks for: an algorithm, and perhaps a key by its name."""

    algorithm: str
    key_id: str | None


def write_header(key: Key) -> bytes:
    """Return the header segment of the tokens that *key* signs, in base64url."""
    members = {ALGORITHM: key.algorithm, KEY_ID: key.key_id, TYPE: ACCESS_TOKEN_TYPE}
    return b64url_octets(compact_json({name: value for name, value in members.items() if value is not None}))


def read_header(segment: bytes, profile: TokenProfile) -> Header:
    """Return what the header *segment* asks for, of a token of the *profile*'s types and algorithms.

    Members that carry or point to a key (``jwk``, ``jku``, ``x5u``, ``x5c``) are never looked at (JWT-09).

    Raises:
        TokenInvalidError: not base64url, not strict JSON, another type of token (RFC 9068 section
            4) or algorithm, or an extension that would change the meaning (JWT-08).
    """
    members = _members(segment)
    algorithm, key_id = members.get(ALGORITHM), members.get(KEY_ID, "")
    if not REFUSED_HEADERS.isdisjoint(members):
        raise TokenInvalidError("its header has an extension that is not supported")
    if not _is_of(profile, members):
        kinds = sorted(kind for kind in profile.types if kind)
        wrong = f"header's typ is not {' or '.join(kinds)}" if kinds else "header has a typ"
        raise TokenInvalidError(f"it is not an access token: its {wrong}")
    if not isinstance(algorithm, str):
        raise TokenInvalidError("its header names no algorithm")
    if algorithm not in profile.algorithms:
        raise TokenInvalidError("its algorithm (alg) is not accepted")
    if not isinstance(key_id, str) or (KEY_ID in members and not key_id):
        raise TokenInvalidError("its key id is not a text")
    return Header(algorithm, key_id or None)


def _is_of(profile: TokenProfile, members: dict[str, object]) -> bool:
    if TYPE not in members:
        return None in profile.types
    kind = members[TYPE]
    return isinstance(kind, str) and kind.lower().removeprefix(_PREFIX) in profile.types


def _members(segment: bytes) -> dict[str, object]:
    try:
        members = strict_json(b64url_decode(segment))
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise TokenInvalidError("its header is not base64url of one strict JSON object")
    return cast("dict[str, object]", members)
