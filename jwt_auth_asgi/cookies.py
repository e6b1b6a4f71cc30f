"""The refresh cookie: how it is written (CK-01), cleared (CK-07) and, strictly, read (CK-02).

Nothing decodes or unquotes here: the token's alphabet needs no quoting, so whatever is quoted was
not written by us. No starlette.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jwt_auth_asgi.errors import AmbiguousCookieError
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

PLAIN_NAME: Final = "refresh_token"
SECURE_NAME: Final = "__Host-refresh_token"  # the prefix makes browsers insist on Secure, Path=/, no Domain

_TOKEN_ALPHABET: Final = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefreshCookie:
    """The cookie's fixed part; ``secure`` is False only in plain-http development."""

    secure: bool
    idle_seconds: int

    @classmethod
    def from_settings(cls, settings: Settings) -> RefreshCookie:
        """Take the attributes that the settings ask for."""
        return cls(settings.cookie_secure, settings.refresh_token_ttl_seconds)

    @property
    def name(self) -> str:
        """The cookie's name: with the ``__Host-`` prefix wherever browsers accept that."""
        return SECURE_NAME if self.secure else PLAIN_NAME

    def set(self, token: Secret, *, session_ends_in: int) -> str:
        """Return the Set-Cookie value that hands out a token; no longer of use than the session."""
        return self._line(token.reveal(), min(self.idle_seconds, session_ends_in))

    def clear(self) -> str:
        """Return the Set-Cookie value that takes the cookie away, with identical attributes."""
        return self._line("", 0)

    def read(self, lines: Sequence[str]) -> Secret | None:
        """Return the token among the Cookie header's lines, None when there is none.

        Raises:
            AmbiguousCookieError: it comes twice, quoted, with spaces, or under a look-alike name.
        """
        if not lines:
            return None
        values = [value for name, value in _pairs(lines) if self._is_ours(name, value)]
        if len(values) > 1 or any(not _TOKEN_ALPHABET.fullmatch(value) for value in values):
            raise AmbiguousCookieError
        return Secret(values[0]) if values and values[0] else None

    def _line(self, value: str, max_age_seconds: int) -> str:
        secure = "; Secure" if self.secure else ""
        return f"{self.name}={value}; Max-Age={max_age_seconds}; Path=/; HttpOnly{secure}; SameSite=Strict"

    def _is_ours(self, name: str, value: str) -> bool:
        if name == self.name:
            return True
        # "=__Host-x=1", "__host-x=1" and "\"__Host-x\"=1" are cookies that a sibling subdomain or
        # plain http can plant and that a lenient parser would take for ours (CVE-2023-23934).
        if _looks_like(self.name, name or value.lstrip("=").partition("=")[0]):
            raise AmbiguousCookieError
        return False


def _pairs(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield name and raw value; HTTP/2 may split the header into lines (RFC 9113 §8.2.3)."""
    for crumb in ";".join(lines).split(";"):
        # A browser puts exactly one space between two cookies.
        name, _, value = crumb.removeprefix(" ").partition("=")
        yield name, value


def _looks_like(ours: str, name: str) -> bool:
    return name.strip("\"' \t\r\n\v\f=").casefold() == ours.casefold()
