"""The device cookie: by which a browser is known again where somebody has signed in before.

It opens nothing. Lax, where the refresh cookie is Strict: who follows a link to the login page is at the same
browser. It stays when the session ends, for a year from the last login.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_asgi.http.cookies.cookie_header import cookie_line, cookie_name, read_cookie
from jwt_auth_asgi.http.cookies.refresh_cookie import own_name
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

PLAIN_NAME: Final = "device"
MAX_AGE_SECONDS: Final = 365 * 24 * 60 * 60  # a year


@dataclass(frozen=True, slots=True)
class DeviceCookie:
    """The cookie's fixed part; ``secure`` is False only in plain-http development."""

    secure: bool
    plain_name: str = PLAIN_NAME

    @classmethod
    def from_settings(cls, settings: Settings) -> DeviceCookie:
        """Take the attributes that the settings ask for."""
        return cls(settings.cookie_secure, own_name(settings, PLAIN_NAME))

    @property
    def name(self) -> str:
        """The cookie's name: with the ``__Host-`` prefix wherever browsers accept that."""
        return cookie_name(self.plain_name, secure=self.secure)

    def set(self, token: Secret) -> str:
        """Return the Set-Cookie value that hands a browser its token."""
        return cookie_line(
            self.name,
            token.reveal(),
            max_age_seconds=MAX_AGE_SECONDS,
            secure=self.secure,
            same_site="Lax",
        )

    def read(self, lines: Sequence[str]) -> Secret | None:
        """Return the token among the Cookie header's lines, None when none is there that we have set."""
        return read_cookie(lines, self.name)
