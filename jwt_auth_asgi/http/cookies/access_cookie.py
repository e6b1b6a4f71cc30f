"""The access cookie: the access token of a browser, out of reach of its scripts.

Lax, so that a link from a mail and a redirect from elsewhere find the user signed in; what changes something
needs the same origin besides (CK-04). It lives as long as its token. No starlette.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_asgi.errors import RequestError
from jwt_auth_asgi.http.cookies.cookie_header import (
    DOTTED_TOKEN,
    cookie_line,
    cookie_name,
    is_claimed,
    read_cookie,
)
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

PLAIN_NAME: Final = "access_token"
LONGEST: Final = 4096
"""What every browser keeps of a cookie: name, value, attributes (RFC 6265 §6.1); a longer one is lost."""


class TokenTooLargeError(RequestError):
    """Raised when an access token is longer than a cookie may be: its user has too many scopes or claims."""

    code = "token_too_large"
    status = 501

    def __init__(self, size: int) -> None:
        super().__init__(
            f"with its access token the cookie has {size} characters, and browsers keep {LONGEST}: "
            'grant fewer scopes or claims, or use the transport "cookie"'
        )


@dataclass(frozen=True, slots=True)
class AccessCookie:
    """The cookie's fixed part; ``secure`` is False only in plain-http development."""

    secure: bool
    plain_name: str = PLAIN_NAME

    @classmethod
    def from_settings(cls, settings: Settings) -> AccessCookie:
        """Take the attributes that the settings ask for."""
        return cls(settings.cookie_secure, settings.access_cookie_name)

    @property
    def name(self) -> str:
        """The cookie's name: with the ``__Host-`` prefix wherever browsers accept that."""
        return cookie_name(self.plain_name, secure=self.secure)

    def set(self, token: str, *, expires_in: int) -> str:
        """Return the Set-Cookie value that hands out a token.

        Raises:
            TokenTooLargeError: no browser would keep it.
        """
        line = self._line(token, expires_in)
        if len(line) > LONGEST:
            raise TokenTooLargeError(len(line))
        return line

    def clear(self) -> str:
        """Return the Set-Cookie value that takes the cookie away, with identical attributes."""
        return self._line("", 0)

    def clear_among(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Return what takes away the cookie that a request has brought: nothing where it brought none."""
        return (self.clear(),) if self.is_among(lines) else ()

    def read(self, lines: Sequence[str]) -> Secret | None:
        """Return the token among the Cookie header's lines, None when none is there that we have set."""
        return read_cookie(lines, self.name, DOTTED_TOKEN)

    def is_among(self, lines: Sequence[str]) -> bool:
        """Tell whether the Cookie header's lines have one that claims to be ours, be it of use or not."""
        return is_claimed(lines, self.name)

    def _line(self, value: str, max_age_seconds: int) -> str:
        return cookie_line(
            self.name, value, max_age_seconds=max_age_seconds, secure=self.secure, same_site="Lax"
        )
