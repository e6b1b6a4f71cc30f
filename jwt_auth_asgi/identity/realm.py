"""In whose name a request is refused, where the middleware was not told: the service's own name."""

from __future__ import annotations

from contextlib import suppress

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.settings import Settings


def service_name(auth: object) -> str | None:
    """Return how an `Auth` calls itself; None where access tokens are all there is."""
    settings = getattr(auth, "settings", None)
    return settings.service_name if isinstance(settings, Settings) else None


def name_in_environment() -> str | None:
    """Return how the process's `Auth` will call itself, before it is made; None by settings at fault."""
    with suppress(SettingsError):  # whoever needs the rest of them says so
        return Settings.from_env().service_name
    return None
