"""The routes by which an admin sees keys, and their OpenAPI operations; they answer no secret."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas, shown
from jwt_auth_asgi.features.admin.operations import INVALID, parameter, reading
from jwt_auth_asgi.features.admin.queries import LONGEST, Query, cursor_of
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.schemas import object_of
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.flows.admin.read_service import MOST

KEYS: Final = reading(
    "admin_list_keys",
    "The keys of access tokens",
    (
        "Those that the process knows, the newest first, which signs; their names alone.",
        object_of({"keys": schemas.list_of(schemas.KEY)}),
    ),
    {},
)
API_KEYS: Final = reading(
    "admin_list_all_api_keys",
    "The API keys of all users",
    ("By id, each with its owner; those whose time is over, too.", schemas.OWNED_KEYS),
    {422: INVALID},
    parameter("cursor", {"type": "string", "maxLength": LONGEST}, place="query"),
    parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}, place="query"),
)


async def _keys(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    first, *others = await service.run(service.auth.admin.service.keys, caller.claims)
    found = [shown.key(first, is_newest=True), *(shown.key(one, is_newest=False) for one in others)]
    return json_response(200, {"keys": found})


async def _api_keys(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    query = Query(request, ("cursor", "limit"))
    after, limit = query.cursor(), query.limit(MOST)
    query.check()
    page = await service.run(service.auth.admin.service.api_keys, caller.claims, after=after, limit=limit)
    keys = [shown.owned_key(one) for one in page.keys]
    return json_response(200, {"api_keys": keys, "next": cursor_of(page.after)})


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_KEYS, _keys, KEYS),
    FeatureRoute(paths.ADMIN_ALL_API_KEYS, _api_keys, API_KEYS),
)
