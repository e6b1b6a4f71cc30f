"""The refresh cookie: how it is written (CK-01), cleared (CK-07) and, strictly, read (CK-02).

What was not written by us is as good as no token: the refresh is refused, the cookie cleared. No starlette.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from jwt_auth_asgi.http.cookies.access_cookie import PLAIN_NAME as ACCESS_NAME
from jwt_auth_asgi.http.cookies.access_cookie import AccessCookie
from jwt_auth_asgi.http.cookies.cookie_header import PREFIX, cookie_line, cookie_name, is_claimed, read_cookie
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

PLAIN_NAME: Final = "refresh_token"
SECURE_NAME: Final = PREFIX + PLAIN_NAME


def own_name(settings: Settings, plain_name: str) -> str:
    """Return what a cookie beside this one is called: each application under one host has its own."""
    name = settings.cookie_name
    return plain_name if name == PLAIN_NAME else f"{name}_{plain_name}"


@dataclass(frozen=True, slots=True)
class RefreshCookie:
    """The cookie's fixed part; ``secure`` is False only in plain-http development.

    ``access`` goes beside it where both tokens travel in cookies: then this one is Lax, too, for with it a
    navigation from elsewhere gets a fresh access token.
    """

    secure: bool
    idle_seconds: int
    plain_name: str = PLAIN_NAME
    access_name: str = ACCESS_NAME

    @classmethod
    def from_settings(cls, settings: Settings) -> RefreshCookie:
        """Take the attributes that the settings ask for."""
        names = settings.cookie_name, settings.access_cookie_name
        return cls(settings.cookie_secure, settings.refresh_token_ttl_seconds, *names)

    @property
    def name(self) -> str:
        """The cookie's name: with the ``__Host-`` prefix wherever browsers accept that."""
        return cookie_name(self.plain_name, secure=self.secure)

    @property
    def access(self) -> AccessCookie:
        """The cookie of the access token."""
        return AccessCookie(self.secure, self.access_name)

    def set(self, token: Secret, *, session_ends_in: int) -> str:
        """Return the Set-Cookie value that hands out a token; no longer of use than the session."""
        return self._line(token.reveal(), min(self.idle_seconds, session_ends_in))

    def set_both(
        self, access_token: str, refresh_token: Secret, *, expires_in: int, ends_in: int
    ) -> list[str]:
        """Return the Set-Cookie values that hand out both tokens.

        Raises:
            TokenTooLargeError: no browser would keep the access token.
        """
        age = min(self.idle_seconds, ends_in)
        refresh = self._line(refresh_token.reveal(), age, same_site="Lax")
        return [refresh, self.access.set(access_token, expires_in=min(expires_in, age))]

    def clear_both(self) -> tuple[str, ...]:
        """Return what takes both cookies away."""
        return self.clear(), self.access.clear()

    def clear(self) -> str:
        """Return the Set-Cookie value that takes the cookie away, with identical attributes."""
        return self._line("", 0)

    def clear_below(self, path: str) -> tuple[str, ...]:
        """Return what takes away every cookie of the name that a browser sends to a path.

        Without the prefix another application's may stand below a longer path than ours; as long as it
        comes along with ours, nobody can tell which is which. The shortest path comes last: curl 7.88 puts a
        cookie that it has just deleted back, where the next line deletes one below a longer path.
        """
        if self.secure:
            return (self.clear(),)
        path = quote(path)
        ends = [at for at, one in enumerate(path) if one == "/"]
        paths = {"/", path, *(path[:at] for at in ends[1:]), *(path[: at + 1] for at in ends)}
        return tuple(self._line("", 0, one) for one in sorted(paths, reverse=True))

    def read(self, lines: Sequence[str]) -> Secret | None:
        """Return the token among the Cookie header's lines, None when none is there that we have set."""
        return read_cookie(lines, self.name)

    def is_among(self, lines: Sequence[str]) -> bool:
        """Tell whether the Cookie header's lines have one that claims to be ours, be it of use or not."""
        return is_claimed(lines, self.name)

    def _line(self, value: str, max_age_seconds: int, path: str = "/", same_site: str = "Strict") -> str:
        return cookie_line(
            self.name,
            value,
            max_age_seconds=max_age_seconds,
            secure=self.secure,
            same_site=same_site,
            path=path,
        )
