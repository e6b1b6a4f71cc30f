"""API keys: what makes, lists, verifies and revokes them."""

from __future__ import annotations

from jwt_auth_core.assemble.parts import Parts
from jwt_auth_core.flows.api_keys.api_key_flows import ApiKeyFlows
from jwt_auth_core.flows.api_keys.create_api_key import CreateApiKey
from jwt_auth_core.flows.api_keys.list_api_keys import ListApiKeys


def api_key_flows(parts: Parts) -> ApiKeyFlows:
    """Return the use cases of this group."""
    settings, store, users = parts.settings, parts.api_keys, parts.stores.users
    return ApiKeyFlows(
        CreateApiKey(
            store,
            users,
            parts.journal,
            parts.clock,
            settings.api_keys.per_user,
            parts.fresh_login,
            parts.sessions.factor_scopes,
        ),
        ListApiKeys(store),
        parts.revoke_api_key,
        parts.verify_api_keys,
    )
