"""The header of an access token: written once a key, read once a spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from jwt_auth_core.encoding import b64url_decode, b64url_octets, compact_json, strict_json
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys.key import Key
from jwt_auth_core.tokens.claims import ALGORITHM, KEY_ID, REFUSED_HEADERS, TYPE

ACCESS_TOKEN_TYPE: Final = "at+jwt"
_TYPES: Final = frozenset({ACCESS_TOKEN_TYPE, f"application/{ACCESS_TOKEN_TYPE}"})


@dataclass(frozen=True, slots=True)
class Header:
    """What a header asks for: an algorithm, and perhaps a key by its name."""

    algorithm: str
    key_id: str | None


def write_header(key: Key) -> bytes:
    """Return the header segment of the tokens that *key* signs, in base64url."""
    members = {ALGORITHM: key.algorithm, KEY_ID: key.key_id, TYPE: ACCESS_TOKEN_TYPE}
    return b64url_octets(compact_json({name: value for name, value in members.items() if value is not None}))


def read_header(segment: bytes) -> Header:
    """Return what the header *segment* asks for.

    Members that carry or point to a key (``jwk``, ``jku``, ``x5u``, ``x5c``) are never looked at (JWT-09).

    Raises:
        TokenInvalidError: not base64url, not strict JSON, another type of token (RFC 9068 section
            4), or an extension that would change the meaning (JWT-08).
    """
    members = _members(segment)
    algorithm, key_id, kind = members.get(ALGORITHM), members.get(KEY_ID, ""), members.get(TYPE)
    if not REFUSED_HEADERS.isdisjoint(members):
        raise TokenInvalidError("its header has an extension that is not supported")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenInvalidError("it is not an access token (typ at+jwt)")
    if not isinstance(algorithm, str):
        raise TokenInvalidError("its header names no algorithm")
    if not isinstance(key_id, str) or (KEY_ID in members and not key_id):
        raise TokenInvalidError("its key id is not a text")
    return Header(algorithm, key_id or None)


def _members(segment: bytes) -> dict[str, object]:
    try:
        members = strict_json(b64url_decode(segment))
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise TokenInvalidError("its header is not base64url of one strict JSON object")
    return cast("dict[str, object]", members)
