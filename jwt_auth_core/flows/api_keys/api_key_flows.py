"""The group of use cases that an `Auth` holds: ``auth.api_keys.create(...)``."""

from __future__ import annotations

from jwt_auth_core.flows.api_keys.create_api_key import CreateApiKey
from jwt_auth_core.flows.api_keys.list_api_keys import ListApiKeys
from jwt_auth_core.flows.api_keys.revoke_api_key import RevokeApiKey
from jwt_auth_core.flows.api_keys.verify_api_keys import VerifyApiKeys
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class ApiKeyFlows:
    """What can be done with API keys."""

    create: CreateApiKey
    list: ListApiKeys
    revoke: RevokeApiKey
    verify: VerifyApiKeys
