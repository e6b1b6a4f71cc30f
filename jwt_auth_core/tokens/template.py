"""Template: the payload of an access token, written around what differs from token to token."""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import encode_basestring as quoted
from typing import Final

from jwt_auth_core.encoding import compact_json
from jwt_auth_core.tokens import claims as wire
from jwt_auth_core.tokens.extra import plain

_IAT: Final = f',"{wire.ISSUED_AT}":'
_EXP: Final = f',"{wire.EXPIRES_AT}":'
_JTI: Final = f',"{wire.TOKEN_ID}":'
_SID: Final = f',"{wire.SESSION_ID}":'
_SCOPE: Final = f',"{wire.SCOPES}":'


class Template:
    """Writes payloads for one issuer and audience; a class because their part is written once."""

    __slots__ = ("_opening",)

    def __init__(self, *, issuer: str | None, audience: str | None) -> None:
        known = {wire.ISSUER: issuer, wire.AUDIENCE: audience}
        members = "".join(f'"{name}":{quoted(text)},' for name, text in known.items() if text is not None)
        self._opening = f'{{{members}"{wire.SUBJECT}":'

    def write(  # noqa: PLR0913 - a payload has that many parts
        self,
        *,
        subject: str,
        scopes: str,
        session_id: str | None,
        token_id: str,
        issued_at: int,
        expires_at: int,
        extra: Mapping[str, object] | None,
    ) -> bytes:
        """Return JSON without white space, its names in this order; ``scopes`` as on the wire.

        Raises:
            TypeError: an extra claim cannot be JSON.
            ValueError: an extra claim is registered, too deep or too large; or there is a lone surrogate.
        """
        text = f"{self._opening}{quoted(subject)}{_IAT}{issued_at}{_EXP}{expires_at}{_JTI}{quoted(token_id)}"
        if session_id is not None:
            text += _SID + quoted(session_id)
        if scopes:
            text += f'{_SCOPE}"{scopes}"'
        if extra:
            text += "," + compact_json(plain(extra)).decode()[1:-1]
        return _octets(text + "}")


def _octets(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass
    raise ValueError("a lone surrogate cannot be written into a token")
