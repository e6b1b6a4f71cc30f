"""The cookie beside a letter: the browser that had it sent is known by it when its reader comes back.

For a login by e-mail that is good in that browser alone, so a code that somebody was talked out of is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

from jwt_auth_asgi.http.cookies.refresh_cookie import RefreshCookie, own_name
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.one_time.proof import BINDING, REGISTRATION
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

BINDING_NAME: Final = "login_binding"
REGISTRATION_NAME: Final = "registration"


@dataclass(frozen=True, slots=True)
class ProofCookie:
    """Written and read as strictly as the refresh cookie; has what stands behind the purpose's name."""

    cookie: RefreshCookie
    purpose: Purpose

    @classmethod
    def of_login(cls, settings: Settings) -> Self:
        """Return the one of a browser that asks for a login by e-mail."""
        return cls._named(own_name(settings, BINDING_NAME), settings, BINDING)

    @classmethod
    def of_registration(cls, settings: Settings) -> Self:
        """Return the one of a browser that registers, by which it is known when the address is verified."""
        return cls._named(REGISTRATION_NAME, settings, REGISTRATION)

    @classmethod
    def _named(cls, name: str, settings: Settings, purpose: Purpose) -> Self:
        return cls(RefreshCookie(settings.cookie_secure, purpose.ttl_seconds, name), purpose)

    def set(self, browser: Secret) -> str:
        """Return the Set-Cookie value for a browser that has a letter sent."""
        value = Secret(browser.reveal().removeprefix(self.purpose.prefix))
        return self.cookie.set(value, session_ends_in=self.purpose.ttl_seconds)

    def clear(self) -> str:
        """Return the Set-Cookie value that takes the cookie away."""
        return self.cookie.clear()

    def read(self, lines: Sequence[str]) -> Secret | None:
        """Return what the browser is known by, None when none is there that we have set."""
        found = self.cookie.read(lines)
        return None if found is None else Secret(self.purpose.prefix + found.reveal())
