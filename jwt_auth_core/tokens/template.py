"""Template: the payload of an access token, written around what differs from token to token."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping
from json.encoder import encode_basestring as quoted
from typing import Final

from jwt_auth_core.encoding import TO_URL, b64url_octets, compact_json, utf8
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.extra import plain

_PLUS: Final = ord("+")
_SLASH: Final = ord("/")
_IAT: Final = f',"{wire.ISSUED_AT}":'
_EXP: Final = f',"{wire.EXPIRES_AT}":'
_JTI: Final = f',"{wire.TOKEN_ID}":'
_SID: Final = f',"{wire.SESSION_ID}":'
_SCOPE: Final = f',"{wire.SCOPES}":'
_SVER: Final = f',"{wire.SESSION_VERSION}":'
_TVER: Final = f',"{wire.TOKEN_VERSION}":'
_ROLES: Final = f',"{wire.ROLES}":['


Audience = str | tuple[str, ...]
"""Whom a token is for: one, as a text, or several, as a list (RFC 7519 section 4.1.3)."""


class Template:
    """Writes payloads of one issuer, audience and client; a class because their part is written once."""

    __slots__ = ("_encoded", "_opening", "_times")

    def __init__(
        self, *, issuer: str | None, audience: Audience | None, client_id: str | None = None
    ) -> None:
        known = {wire.ISSUER: issuer, wire.AUDIENCE: audience, wire.CLIENT_ID: client_id}
        members = "".join(f'"{name}":{_listed(text)},' for name, text in known.items() if text is not None)
        opening = f'{{{members}"{wire.SUBJECT}":'
        # Base64 takes three octets at a time: as many as fit are encoded once and for all.
        whole = len(opening) // 3 * 3 if opening.isascii() else 0
        self._encoded, self._opening = b64url_octets(opening[:whole].encode()), opening[whole:]
        self._times: tuple[tuple[int, int] | None, str] = None, ""

    def write(  # noqa: PLR0913, PLR0917 - a payload has that many parts, and names take time
        self,
        subject: str,
        scopes: str,
        session_id: str | None,
        token_id: str,
        times: tuple[int, int],
        extra: Mapping[str, object] | None,
        session_version: int | None = None,
        authentication: str = "",
        token_version: int | None = None,
        roles: str = "",
    ) -> bytes:
        """Return the payload segment: JSON without white space, its names in this order, in base64url.

        ``scopes`` are as on the wire, the ids in quotation marks already, and so are ``roles``, with commas
        between; ``times`` are when the token was issued and when it expires; ``authentication`` is what
        `authentication_text` made of it, and `actors_text`.

        Raises:
            TypeError: an extra claim cannot be JSON, or a version is no int.
            ValueError: a version is negative, an extra claim is registered, too deep or too large; or
                there is a lone surrogate, or roles are given twice.
        """
        known, written = self._times
        if known != times:  # a busy second writes them once
            issued_at, expires_at = times
            written = f"{_IAT}{issued_at}{_EXP}{expires_at}{_JTI}"
            self._times = times, written
        sid = _SID + session_id if session_id else ""
        scope = f'{_SCOPE}"{scopes}"' if scopes else ""
        version = "" if session_version is None else f"{_SVER}{_count(session_version, 'session_version')}"
        if token_version is not None:
            version += f"{_TVER}{_count(token_version, 'token_version')}"
        if roles:
            if extra and wire.ROLES in extra:
                raise ValueError("roles are given by their own name or in extra, not both")
            scope += f"{_ROLES}{roles}]"
        more = "," + compact_json(plain(extra)).decode()[1:-1] if extra else ""
        text = f"{self._opening}{subject}{written}{token_id}{sid}{version}{authentication}{scope}{more}}}"
        # `b64url_octets`, without the call.
        encoded = b2a_base64(text.encode() if text.isascii() else utf8(text), newline=False)
        if _PLUS in encoded or _SLASH in encoded:
            return self._encoded + encoded.translate(TO_URL, b"=")
        return self._encoded + encoded.rstrip(b"=")


def _listed(text: Audience) -> str:
    return quoted(text) if isinstance(text, str) else f"[{','.join(map(quoted, text))}]"


def _count(value: object, name: str) -> int:
    if type(value) is not int:
        raise TypeError(f"{name} is an int")
    if value < 0:
        raise ValueError(f"{name} is not negative")
    return value


def quoted_text(text: object, name: str) -> str:
    """Return the id called *name* as JSON; raises TypeError where it is no text, ValueError where empty."""
    if text and isinstance(text, str):
        return quoted(text)
    if not isinstance(text, str):
        raise TypeError(f"{name} is a str")
    raise ValueError(f"{name} is not empty")
