"""The route by which an admin sees the sessions of all users, and its OpenAPI operation."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas, shown
from jwt_auth_asgi.features.admin.operations import ID, INVALID, parameter, reading
from jwt_auth_asgi.features.admin.queries import LONGEST, cursor_of, session_search
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.session_places import with_places
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.flows.admin.read_sessions import MOST

_TEXT: Final = {"type": "string", "maxLength": LONGEST}
_TIME: Final = {**_TEXT, "description": "A date or a time (RFC 3339), in UTC unless it says otherwise."}
LIST: Final = reading(
    "admin_list_all_sessions",
    "Where users are logged in",
    (
        "The sessions that live, the newest first; a page may have fewer than it could.",
        schemas.OWNED_SESSIONS,
    ),
    {422: INVALID},
    parameter("user", {**ID, "description": "Whose they are: an id; goes without email."}, place="query"),
    parameter("email", {**_TEXT, "description": "Whose they are: the whole address."}, place="query"),
    parameter("address", {**_TEXT, "description": "From which IP address they were opened."}, place="query"),
    parameter("since", _TIME, place="query"),
    parameter(
        "until", {**_TEXT, "description": "Likewise; what was opened then is left out."}, place="query"
    ),
    parameter("cursor", {**_TEXT, "description": "The `next` of the page before."}, place="query"),
    parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}, place="query"),
)


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    page = await service.run(service.auth.admin.sessions, caller.claims, session_search(request))
    told = [shown.owned_session(one) for one in page.sessions]
    sessions = [one.session for one in page.sessions]
    cursor = None if page.cursor is None else cursor_of(".".join(map(str, page.cursor)))
    shown_ones = await with_places(service, request.scope, sessions, told)
    return json_response(200, {"sessions": shown_ones, "next": cursor})


ROUTES: Final = (FeatureRoute(paths.ADMIN_ALL_SESSIONS, _list, LIST),)
