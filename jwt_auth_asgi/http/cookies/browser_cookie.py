"""The browser's cookie: by which a browser that was sent to a provider is known when it comes back.

And while it shows what else is asked for: a challenge in an address is good in that browser alone.

Lax, as it comes back from another site, and for ten minutes from the last time that it was sent somewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

from jwt_auth_asgi.http.cookies.cookie_header import cookie_line, cookie_name, read_cookie
from jwt_auth_asgi.http.cookies.refresh_cookie import own_name
from jwt_auth_core.one_time.browser import BROWSER
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

PLAIN_NAME: Final = "oauth_browser"


@dataclass(frozen=True, slots=True)
class BrowserCookie:
    """Its fixed part; has what stands behind the purpose's name. ``secure`` is False in development alone."""

    secure: bool
    plain_name: str = PLAIN_NAME

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Take the attributes that the settings ask for."""
        return cls(settings.cookie_secure, own_name(settings, PLAIN_NAME))

    @property
    def name(self) -> str:
        """The cookie's name: with the ``__Host-`` prefix wherever browsers accept that."""
        return cookie_name(self.plain_name, secure=self.secure)

    def set(self, browser: Secret) -> str:
        """Return the Set-Cookie value for a browser that leaves."""
        return cookie_line(
            self.name,
            browser.reveal().removeprefix(BROWSER.prefix),
            max_age_seconds=BROWSER.ttl_seconds,
            secure=self.secure,
            same_site="Lax",
        )

    def read(self, lines: Sequence[str]) -> Secret | None:
        """Return what the browser is known by, None when none is there that we have set."""
        found = read_cookie(lines, self.name)
        return None if found is None else Secret(BROWSER.prefix + found.reveal())
