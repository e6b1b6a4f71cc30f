"""Providers: whom users may sign in with, as the settings name them; drivers are loaded for those alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Final

from jwt_auth_core.assemble.storage import Stores
from jwt_auth_core.errors import MissingDriverError, SettingsError, WeakKeyError
from jwt_auth_core.flows.identities.parts import IdentityParts
from jwt_auth_core.flows.identities.round_trip import RoundTrips
from jwt_auth_core.flows.passkeys.parts import PasskeyParts
from jwt_auth_core.identities.preset import BY_NAME, OPENID, TENANT, Preset
from jwt_auth_core.identities.provider import Provider
from jwt_auth_core.identities.settings import ProviderSettings, is_provider_name
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.profile import DAY_SECONDS, JWT_TYPES, TokenProfile
from jwt_auth_core.vocabulary import Clock, Secret

_LONGEST_DAYS: Final = 31
"""Some providers' ID tokens live as long as a session there; for a login it is the nonce that counts."""


def providers(settings: Settings, own: Sequence[Provider] = (), *, clock: Clock) -> Mapping[str, Provider]:
    """Return the providers by their names: those of the settings, then an application's own objects.

    None asks anybody yet.

    Raises:
        MissingDriverError: the settings name some, and Authlib is not installed.
        SettingsError: an issuer is none that may be asked, Apple's key is none, or ``PUBLIC_URL`` is missing.
        ValueError: the name of an object is none, or another's.
    """
    named = settings.identities.providers
    if named and find_spec("authlib") is None:
        raise MissingDriverError("authlib", extra="oidc")
    if own and not settings.public_url:
        raise SettingsError(["PUBLIC_URL is required with providers: they lead back to it, to the letter"])
    found = {one.name: _provider(one, clock) for one in named}
    for one in own:
        if not is_provider_name(one.name) or one.name in found:
            msg = f"a provider needs a name of its own, of lower-case letters, digits and '-': {one.name!r}"
            raise ValueError(msg)
        found[one.name] = one
    return found


def identity_parts(
    settings: Settings, stores: Stores, passkeys: PasskeyParts, own: Sequence[Provider] = ()
) -> IdentityParts:
    """Return what the use cases of identities share, beside those of passkeys.

    Raises:
        MissingDriverError, SettingsError, ValueError: see `providers`.
    """
    return IdentityParts(
        providers=providers(settings, own, clock=passkeys.clock),
        store=passkeys.identities,
        passkeys=passkeys.store,
        trips=RoundTrips(stores.one_time),
        users=stores.users,
        verified=stores.verified,
        journal=passkeys.journal,
        clock=passkeys.clock,
        revoke_session=passkeys.revoke_session,
    )


def _provider(one: ProviderSettings, clock: Clock) -> Provider:
    from jwt_auth_core.identities.authlib import AuthlibClient  # noqa: PLC0415 - a driver
    from jwt_auth_core.identities.openid import OpenIdProvider  # noqa: PLC0415 - as above
    from jwt_auth_core.identities.profile import SERVICES, OAuthProvider  # noqa: PLC0415 - as above

    secret = _secret(one, clock)
    service = SERVICES.get(one.name)
    if service is not None:
        scopes = one.scopes or service.scopes
        client = AuthlibClient(client_id=one.client_id, secret=secret, scopes=scopes)
        issuer = (one.issuer or service.issuer).rstrip("/")
        return OAuthProvider(name=one.name, issuer=issuer, service=service, client=client)
    preset = BY_NAME.get(one.name, OPENID)
    client = AuthlibClient(
        client_id=one.client_id,
        secret=secret,
        scopes=one.scopes or preset.scopes,
        response_mode=preset.response_mode,
    )
    issuer = one.issuer or preset.issuer or ""
    return OpenIdProvider(
        one.name,
        issuer=issuer,
        preset=preset,
        client=client,
        id_tokens=lambda ring: _id_tokens(ring, issuer, one.client_id, preset, clock),
    )


def _id_tokens(ring: KeyRing, issuer: str, client_id: str, preset: Preset, clock: Clock) -> AccessTokens:
    """Return what verifies ID tokens of a provider: keys, issuer, audience, times, a nonce."""
    has_tenants = preset.has_tenants(issuer)
    names = [name for name in preset.names if (TENANT in name) == has_tenants]
    profile = TokenProfile(
        name="id",
        types=JWT_TYPES | {None},
        token_id=None,
        session_id=None,
        scopes=(),
        required=frozenset({"nonce"}),
        lifetime_seconds=_LONGEST_DAYS * DAY_SECONDS,
        past=("auth_time",),
        issuers=tuple(names) if has_tenants or issuer in names else (),
        tenant="tid" if has_tenants else None,
        signs="ID tokens",
    )
    tenants = "any" if has_tenants else None
    expected = names[0] if has_tenants else issuer
    return AccessTokens(
        ring, issuer=expected, audience=client_id, profile=profile, tenants=tenants, clock=clock
    )


def _secret(one: ProviderSettings, clock: Clock) -> Callable[[], Secret | None]:
    if one.private_key is None:
        return lambda: one.client_secret
    from jwt_auth_core.identities.apple import client_secret  # noqa: PLC0415 - Apple alone has one
    from jwt_auth_core.keys.pyjwt import PyJwtKey  # noqa: PLC0415 - a driver

    try:
        key = PyJwtKey.from_pem(one.private_key, algorithm="ES256")
    except WeakKeyError as error:
        raise SettingsError([f"OIDC_APPLE_PRIVATE_KEY {error}"]) from None
    names = {"key_id": one.key_id or "", "team_id": one.team_id or "", "client_id": one.client_id}
    return client_secret(key, clock=clock, **names)
