"""The routes by which an admin sees a user's sessions and API keys, and their OpenAPI operations."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas, shown
from jwt_auth_asgi.features.admin.changed import changed
from jwt_auth_asgi.features.admin.operations import (
    INVALID,
    NO_USER,
    USER,
    changing,
    done,
    parameter,
    reading,
)
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.schemas import object_of
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.session_places import with_places
from jwt_auth_asgi.problems.responses import json_response

_OF_USER: Final = {404: NO_USER, 422: INVALID}
SESSIONS: Final = reading(
    "admin_list_sessions",
    "Where a user is logged in",
    ("The sessions that live.", object_of({"sessions": schemas.list_of(schemas.SESSION)})),
    _OF_USER,
    USER,
)
API_KEYS: Final = reading(
    "admin_list_api_keys",
    "The API keys of a user",
    ("The keys, the oldest first.", object_of({"api_keys": schemas.list_of(schemas.API_KEY)})),
    _OF_USER,
    USER,
)
REVOKE_API_KEY: Final = changing(
    "admin_revoke_api_key",
    "Revoke an API key of a user",
    ("It is refused everywhere within a second.", done("API key revoked")),
    {404: {**NO_USER, "api_key_not_found": "no such API key"}, 422: INVALID},
    USER,
    parameter("key_id", {"type": "string", "examples": ["key_5f0c1e9a7b3d42c6a8e0f1b2"]}),
)


async def _sessions(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    user_id = request.path_params["user_id"]
    found = await service.run(service.auth.admin.users.sessions, caller.claims, user_id)
    told = [shown.session(one) for one in found]
    return json_response(200, {"sessions": await with_places(service, request.scope, found, told)})


async def _api_keys(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    user_id = request.path_params["user_id"]
    found = await service.run(service.auth.admin.users.api_keys, caller.claims, user_id)
    return json_response(200, {"api_keys": [shown.api_key(one) for one in found]})


async def _revoke_api_key(service: Service, request: Request) -> Response:
    await changed(service, request, service.auth.admin.change.revoke_api_key, "user_id", "key_id")
    return json_response(200, {"status": "API key revoked"})


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_SESSIONS, _sessions, SESSIONS),
    FeatureRoute(paths.ADMIN_API_KEYS, _api_keys, API_KEYS),
    FeatureRoute(paths.ADMIN_REVOKE_API_KEY, _revoke_api_key, REVOKE_API_KEY),
)
