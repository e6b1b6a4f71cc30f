"""In whose name a request is refused, where the middleware was not told: the service's own name."""

from __future__ import annotations

from contextlib import suppress

from jwt_auth_core.errors import SettingsError


def service_name(auth: object) -> str | None:
    """Return how an `Auth` calls itself; None where access tokens are all there is."""
    name = getattr(getattr(auth, "settings", None), "service_name", None)
    return name if isinstance(name, str) else None


def name_in_environment() -> str | None:
    """Return how the process's `Auth` will call itself, before it is made; None by settings at fault."""
    from jwt_auth_core.settings import Settings  # noqa: PLC0415 - loads what every capability can be told

    with suppress(SettingsError):  # whoever needs the rest of them says so
        return Settings.from_env().service_name
    return None
