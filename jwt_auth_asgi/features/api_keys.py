"""The routes on which users make, list and revoke API keys, and their OpenAPI operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.operations import (
    AUTHENTICATED,
    BODY_PROBLEMS,
    REFUSED,
    STALE,
    TAG,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import Schema, always, object_of
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.bodies import JSON
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.api_keys.api_key import ApiKey
from jwt_auth_core.flows.api_keys.create_api_key import MOST_DAYS, MOST_SCOPES
from jwt_auth_core.timestamp import timestamp_if_any


def _alone(properties: Mapping[str, Schema], *, optional: tuple[str, ...]) -> Schema:
    """Return the schema of an object that has no other property: one that limits a key may be misspelt."""
    return {**object_of(properties, optional=optional), "additionalProperties": False}


_ID: Final[Schema] = {
    "type": "string",
    "description": "What stands for the key here; it opens nothing.",
    "examples": ["key_5f0c1e9a7b3d42c6a8e0f1b2"],
}
_NAME: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 200, "examples": ["nightly build"]}
_SCOPES: Final[Schema] = {"type": "array", "items": {"type": "string"}, "examples": [["reports:read"]]}
_TIME: Final[Schema] = {"type": "string", "format": "date-time", "examples": ["2026-11-28T17:00:00Z"]}
_MAYBE_TIME: Final[Schema] = {**_TIME, "type": ["string", "null"]}
_STORED: Final[Mapping[str, Schema]] = {
    "id": _ID,
    "name": _NAME,
    "scopes": {**_SCOPES, "description": "The most that it grants: of these what its owner has by then."},
    "created_at": _TIME,
    "expires_at": {**_MAYBE_TIME, "description": "null: it has no end."},
}
_CREATED: Final[Schema] = object_of(
    {
        "key": {
            "type": "string",
            "pattern": "^jak_[0-9A-Za-z]{36}$",
            "description": "The key, shown this once: send it as `Authorization: Bearer jak_...`.",
            "examples": ["jak_000000000000000000000000000000000000"],
        },
        **_STORED,
    }
)
_LISTED: Final[Schema] = object_of(
    {
        "api_keys": {
            "type": "array",
            "items": object_of(
                {**_STORED, "last_used_at": {**_MAYBE_TIME, "description": "Up to a minute behind."}}
            ),
        }
    }
)
_ASKED: Final[Schema] = _alone(
    {
        "name": _NAME,
        "scopes": {
            **_SCOPES,
            "type": ["array", "null"],
            "maxItems": MOST_SCOPES,
            "description": "Of the caller's scopes; left out or null, all that the caller has now.",
        },
        "expires_in_days": {
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": MOST_DAYS,
            "description": "Left out or null, the key has no end.",
            "examples": [90],
        },
    },
    optional=("scopes", "expires_in_days"),
)
_KEY_ID: Final[dict[str, Any]] = {"name": "key_id", "in": "path", "required": True, "schema": _ID}

CREATE: Final[Operation] = {
    "operationId": "create_api_key",
    "summary": "Make an API key",
    "description": "The key is in this answer and nowhere else. Needs a fresh login.",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "requestBody": {"required": True, "content": {JSON: {"schema": _ASKED}}},
    "responses": responses(
        {201: success("The key, shown this once.", _CREATED)},
        {
            **BODY_PROBLEMS,
            **REFUSED,
            400: {**BODY_PROBLEMS[400], **REFUSED[400]},
            401: {**REFUSED[401], **STALE},
            409: {"too_many_api_keys": "a user may have 50 API keys; revoke one first"},
        },
    ),
}
LIST: Final[Operation] = {
    "operationId": "list_api_keys",
    "summary": "The caller's API keys",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "responses": responses({200: success("The keys, the oldest first.", _LISTED)}, REFUSED),
}
REVOKE: Final[Operation] = {
    "operationId": "revoke_api_key",
    "summary": "Revoke one of the caller's API keys",
    "description": "It is refused everywhere within a second.",
    "tags": [TAG],
    "security": AUTHENTICATED,
    "parameters": [_KEY_ID],
    "responses": responses(
        {200: success("The key is of no more use.", object_of({"status": always("API key revoked")}))},
        {**REFUSED, 404: {"api_key_not_found": "no such API key"}},
    ),
}


async def _create(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    asked = service.auth.api_keys.create.parse(fields)
    client = service.client(request.scope)
    create = service.auth.api_keys.create
    made = await service.run(create, caller.identity, asked, client, claims=caller.claims)
    shown = _shown(made.stored)
    return json_response(201, {"id": shown.pop("id"), "key": made.key.reveal(), **shown})


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    keys = await service.run_for(caller.identity, service.auth.api_keys.list)
    told = [{**_shown(key), "last_used_at": timestamp_if_any(key.last_used_at)} for key in keys]
    return json_response(200, {"api_keys": told})


async def _revoke(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    key_id, client = request.path_params["key_id"], service.client(request.scope)
    await service.run_for(caller.identity, service.auth.api_keys.revoke, key_id, client)
    return json_response(200, {"status": "API key revoked"})


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.key_id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": timestamp_if_any(key.created_at),
        "expires_at": timestamp_if_any(key.expires_at),
    }


FEATURE: Final = Feature(
    "api_keys",
    (
        FeatureRoute(paths.API_KEYS, _list, LIST),
        FeatureRoute(paths.NEW_API_KEY, _create, CREATE),
        FeatureRoute(paths.API_KEY, _revoke, REVOKE),
    ),
)
