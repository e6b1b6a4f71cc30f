"""The acting cookie: that an admin acts for a user in a browser, whose own refresh token waits meanwhile.

The access cookie is the user's then, and the admin's opens nothing, where a late answer has put it back; nor
is one handed out, by the middleware or by a refresh. Else what was begun as the user would be done as the
admin. This cookie opens nothing either: it has a digest of the session that waits, whichever of its tokens is
at hand, and says nothing of any other, such as that of another login.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from jwt_auth_asgi.errors import RequestError
from jwt_auth_asgi.http.cookies.cookie_header import cookie_line, cookie_name, read_cookie
from jwt_auth_asgi.http.cookies.refresh_cookie import own_name
from jwt_auth_core.encoding import same
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.token import session_of
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret, SessionId

PLAIN_NAME: Final = "acting"


class ActingError(RequestError):
    """Raised when a browser asks for the tokens of an admin who acts for a user there."""

    code = "acting"
    status = 409

    def __init__(self) -> None:
        super().__init__("an admin acts for a user in this browser: POST /auth/admin/api/impersonation/end")


class NothingWaitsError(RequestError):
    """Raised when an admin would act for a user in a browser that has no refresh token of the admin's."""

    code = "nothing_waits"
    status = 409

    def __init__(self) -> None:
        super().__init__("this browser has no refresh cookie that could wait: log in by cookies first")


@dataclass(frozen=True, slots=True)
class ActingCookie:
    """The cookie's fixed part; ``secure`` is False only in plain-http development."""

    secure: bool
    idle_seconds: int
    plain_name: str = PLAIN_NAME

    @classmethod
    def from_settings(cls, settings: Settings) -> ActingCookie:
        """Take the attributes that the settings ask for."""
        own, idle_seconds = own_name(settings, PLAIN_NAME), settings.refresh_token_ttl_seconds
        return cls(settings.cookie_secure, idle_seconds, own)

    @property
    def name(self) -> str:
        """The cookie's name: with the ``__Host-`` prefix wherever browsers accept that."""
        return cookie_name(self.plain_name, secure=self.secure)

    def set(self, waiting: SessionId) -> str:
        """Return the Set-Cookie value that has a session wait; it lasts as long as its tokens can."""
        return self._line(_digest(waiting), self.idle_seconds)

    def clear(self) -> str:
        """Return the Set-Cookie value that takes the cookie away, with identical attributes."""
        return self._line("", 0)

    def is_among(self, lines: Sequence[str]) -> bool:
        """Tell whether the Cookie header's lines have one."""
        return read_cookie(lines, self.name) is not None

    def waits(self, lines: Sequence[str], refresh_token: Secret | None) -> bool:
        """Tell whether this refresh token waits until nobody acts any more."""
        return refresh_token is not None and self.holds_up(lines, session_of(refresh_token.reveal()))

    def holds_up(self, lines: Sequence[str], session_id: str | None) -> bool:
        """Tell the same of a session, whose access tokens open nothing as long."""
        if session_id is None:
            return False
        found = read_cookie(lines, self.name)
        return found is not None and same(found.reveal().encode(), _digest(session_id).encode())

    def _line(self, value: str, max_age_seconds: int) -> str:
        return cookie_line(
            self.name, value, max_age_seconds=max_age_seconds, secure=self.secure, same_site="Lax"
        )


def _digest(session_id: str) -> str:
    return sha256(b"jwt-auth acting\0" + session_id.encode()).hexdigest()
