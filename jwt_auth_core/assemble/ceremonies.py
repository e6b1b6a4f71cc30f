"""Ceremonies: for whom passkeys are, and the library that verifies them, loaded by whoever comes first."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from jwt_auth_core.passkeys.ceremony import Ceremonies
from jwt_auth_core.passkeys.passkey import PasskeysNotConfiguredError
from jwt_auth_core.passkeys.relying_party import RelyingParty, relying_party
from jwt_auth_core.settings import Settings


def ceremonies(settings: Settings) -> Callable[[], Ceremonies]:
    """Return what makes them, once.

    Raises:
        SettingsError: there are origins, and no RP ID.
    """
    party = _party(settings)

    @cache
    def made() -> Ceremonies:
        if party is None:
            raise PasskeysNotConfiguredError
        from jwt_auth_core.passkeys.webauthn import WebauthnCeremonies  # noqa: PLC0415 - a driver

        return WebauthnCeremonies(party)

    return made


def has_passkeys(settings: Settings) -> bool:
    """Tell whether the settings say for whom passkeys are.

    Raises:
        SettingsError: there are origins, and no RP ID.
    """
    return _party(settings) is not None


def _party(settings: Settings) -> RelyingParty | None:
    return relying_party(
        settings.passkeys, public_url=settings.public_url, service_name=settings.service_name
    )
