"""OAuth: what tells of tokens and revokes them, and who may ask."""

from __future__ import annotations

from typing import TypedDict

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.oauth.introspect import Introspect
from jwt_auth_core.flows.oauth.oauth_clients import OAuthClients
from jwt_auth_core.flows.oauth.revoke_token import RevokeToken


class OAuthFlows(TypedDict):
    """The use cases of this group, by their names in `Auth`."""

    introspect: Introspect
    revoke_token: RevokeToken
    oauth_clients: OAuthClients


def oauth_flows(parts: Parts) -> OAuthFlows:
    """Return the use cases of this group."""
    settings = parts.settings
    return {
        "introspect": Introspect(
            tokens=parts.tokens,
            refresh_tokens=parts.refresh_tokens,
            sessions=parts.stores.sessions,
            standings=parts.stores.users,
            recheck=parts.recheck,
            revocations=parts.revocations if settings.revocation_check == "feed" else None,
            api_keys=parts.verify_api_keys,
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
        ),
        "revoke_token": RevokeToken(parts.tokens, parts.refresh_tokens, parts.end_session),
        "oauth_clients": OAuthClients(settings.oauth_clients),
    }
