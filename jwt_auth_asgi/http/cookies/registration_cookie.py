"""The registration's cookie: the browser that registered is known by it when the address is verified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

from jwt_auth_asgi.http.cookies.refresh_cookie import RefreshCookie
from jwt_auth_core.one_time.proof import REGISTRATION
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

PLAIN_NAME: Final = "registration"


@dataclass(frozen=True, slots=True)
class RegistrationCookie:
    """Written and read as strictly as the refresh cookie; has what stands behind the purpose's name."""

    cookie: RefreshCookie

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Take the attributes that the settings ask for."""
        return cls(RefreshCookie(settings.cookie_secure, REGISTRATION.ttl_seconds, PLAIN_NAME))

    def set(self, browser: Secret) -> str:
        """Return the Set-Cookie value for a browser that registers."""
        value = Secret(browser.reveal().removeprefix(REGISTRATION.prefix))
        return self.cookie.set(value, session_ends_in=REGISTRATION.ttl_seconds)

    def read(self, lines: Sequence[str]) -> Secret | None:
        """Return what the browser is known by, None when none is there that we have set."""
        found = self.cookie.read(lines)
        return None if found is None else Secret(REGISTRATION.prefix + found.reveal())
