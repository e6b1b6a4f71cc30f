"""The binding cookie: the browser that asked for a login by e-mail is known by it when the code comes back.

What the letter brings is good in that browser alone, so a code that somebody was talked out of is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

from jwt_auth_asgi.http.cookies.refresh_cookie import RefreshCookie, own_name
from jwt_auth_core.one_time.proof import BINDING
from jwt_auth_core.records import dataclass
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

PLAIN_NAME: Final = "login_binding"


@dataclass(frozen=True, slots=True)
class BindingCookie:
    """Written and read as strictly as the refresh cookie; has what stands behind the purpose's name."""

    cookie: RefreshCookie

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Take the attributes that the settings ask for."""
        own = own_name(settings, PLAIN_NAME)
        return cls(RefreshCookie(settings.cookie_secure, BINDING.ttl_seconds, own))

    def set(self, binding: Secret) -> str:
        """Return the Set-Cookie value for a browser that asks for a letter."""
        value = Secret(binding.reveal().removeprefix(BINDING.prefix))
        return self.cookie.set(value, session_ends_in=BINDING.ttl_seconds)

    def clear(self) -> str:
        """Return the Set-Cookie value that takes the cookie away."""
        return self.cookie.clear()

    def read(self, lines: Sequence[str]) -> Secret | None:
        """Return what the browser is known by, None when none is there that we have set."""
        found = self.cookie.read(lines)
        return None if found is None else Secret(BINDING.prefix + found.reveal())
