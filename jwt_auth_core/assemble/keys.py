"""Keys: what signs and verifies access tokens, and what mints refresh tokens."""

from __future__ import annotations

from pathlib import Path

from jwt_auth_core.assemble.clock import system_clock
from jwt_auth_core.errors import SettingsError, WeakKeyError
from jwt_auth_core.keys.derived import derived_bytes
from jwt_auth_core.keys.directory import KeyDirectory
from jwt_auth_core.keys.encryption.vault import PURPOSE, Cipher, Vault
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.keys.source import KeySource
from jwt_auth_core.keys.text import is_key_text, parse_keys
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.one_time.user_code import UserCodes
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.vocabulary import Clock, Secret


def access_tokens(settings: Settings, *, clock: Clock = system_clock) -> AccessTokens:
    """Return what issues and verifies access tokens.

    With ``JWT_KEYS`` those keys sign, and of the secrets only the previous ones still verify.

    Raises:
        SettingsError: a secret is well known, or a key is unfit or cannot be read.
        MissingDriverError: asymmetric keys need a package that is not installed.
    """
    try:
        ring, source = _keys(settings, clock)
    except (WeakKeyError, ValueError) as error:
        names = "JWT_KEYS" if settings.jwt_keys else "JWT_KEY"
        raise SettingsError([f"{names} or JWT_PREVIOUS_KEYS: {error}"]) from None
    tokens = AccessTokens(
        ring,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        client_id=settings.jwt_client_id or settings.service_name,
        ttl_seconds=settings.access_token_ttl_seconds,
        clock=clock,
    )
    if source is not None:
        tokens.follow(source)
    return tokens


def _keys(settings: Settings, clock: Clock) -> tuple[KeyRing, KeySource | None]:
    ring = KeyRing.from_secret(settings.jwt_key, previous=settings.jwt_previous_keys)
    if settings.jwt_keys is None:
        return ring, None
    previous = settings.jwt_previous_keys
    also = KeyRing.from_secret(previous[0], previous=previous[1:]).keys if previous else ()
    source = None
    if is_key_text(settings.jwt_keys.reveal()):
        ring = KeyRing([*parse_keys(settings.jwt_keys), *also])
    else:
        source = KeyDirectory(Path(settings.jwt_keys.reveal().strip()), clock=clock, also=also)
        ring = source.ring
    if not ring.newest.can_sign:
        raise WeakKeyError("the first key cannot sign")
    return ring, source


def refresh_tokens(settings: Settings) -> RefreshTokens:
    """Return what mints and parses refresh tokens."""
    secrets: list[Secret] = [settings.jwt_key, *settings.jwt_previous_keys]
    return RefreshTokens([secret.reveal().encode() for secret in secrets])


def user_codes(settings: Settings) -> UserCodes:
    """Return what makes digests of short codes: only the holder of ``JWT_KEY`` can."""
    secret = PreparedMac(settings.jwt_key.reveal().encode()).digest(b"jwt-auth user codes")
    return UserCodes(PreparedMac(secret))


def vault(settings: Settings) -> Vault:
    """Return what encrypts for the database under ``ENCRYPTION_KEYS``; no driver is loaded by that."""
    return Vault(derived_bytes(settings.encryption_keys, purpose=PURPOSE), _cipher)


def _cipher() -> Cipher:
    from jwt_auth_core.keys.encryption.cryptography import AesGcm  # noqa: PLC0415 - a driver

    return AesGcm()
