"""The routes by which an admin finds, shows and makes users, and their OpenAPI operations."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas, shown
from jwt_auth_asgi.features.admin.operations import ID, INVALID, NO_USER, USER, creating, parameter, reading
from jwt_auth_asgi.features.admin.queries import LONGEST, cursor_of, user_search
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.operations import BODY_PROBLEMS
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.session_places import with_places
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.flows.admin.read_users import MOST

_TEXT: Final = {"type": "string", "maxLength": LONGEST}
SEARCH: Final = reading(
    "admin_list_users",
    "Find users",
    (
        "Users by address, by id where nothing but a role is asked for; a page may have fewer than it could.",
        schemas.USERS,
    ),
    {422: INVALID},
    parameter("prefix", {**_TEXT, "description": "How the address begins, letter by letter."}, place="query"),
    parameter("id", {**ID, "description": "One user; goes with nothing else."}, place="query"),
    parameter("role", {**_TEXT, "description": "Who was granted it."}, place="query"),
    parameter("state", {"enum": ["enabled", "disabled"]}, place="query"),
    parameter("cursor", {**_TEXT, "description": "The `next` of the page before."}, place="query"),
    parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}, place="query"),
)
SHOW: Final = reading(
    "admin_show_user",
    "All that is known of a user",
    ("The user, and by what it gets in; no hash and no secret.", schemas.USER),
    {404: NO_USER, 422: INVALID},
    USER,
)
CREATE: Final = creating(
    "admin_create_user",
    "Make a user",
    schemas.NEW_USER,
    ("The user, whether the public may register or not.", schemas.CREATED),
    {409: {"email_taken": "Email already registered"}, 422: BODY_PROBLEMS[422]},
)


async def _search(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    page = await service.run(service.auth.admin.users.search, caller.claims, user_search(request))
    users = [shown.listed(user) for user in page.users]
    return json_response(200, {"users": users, "next": cursor_of(page.after)})


async def _show(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    user_id = request.path_params["user_id"]
    found = await service.run(service.auth.admin.users.show, caller.claims, user_id)
    told = [shown.session(one) for one in found.sessions]
    sessions = await with_places(service, request.scope, found.sessions, told)
    return json_response(200, {**shown.details(found), "sessions": sessions})


async def _create(service: Service, request: Request) -> Response:
    await service.check_capacity(request.scope)
    caller = await service.caller(request.scope)
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    create, client = service.auth.admin.create, service.client(request.scope)
    creating = service.run(create, caller.claims, create.parse(fields), client)
    user = await run_until_disconnect(request.receive, creating)
    body = {**shown.listed(user), "scopes": sorted(user.scopes), "status": "user created"}
    return json_response(201, body)


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_USERS, _search, SEARCH),
    FeatureRoute(paths.ADMIN_NEW_USER, _create, CREATE),
    FeatureRoute(paths.ADMIN_USER, _show, SHOW),
)
