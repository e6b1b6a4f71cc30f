"""The routes by which an admin sees roles, the outbox and how the service is; and changes some."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas, shown
from jwt_auth_asgi.features.admin.changed import changed
from jwt_auth_asgi.features.admin.operations import INVALID, changing, done, parameter, reading
from jwt_auth_asgi.features.admin.queries import LONGEST, Query, cursor_of
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.schemas import object_of
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.flows.admin.read_service import MOST

ROLES: Final = reading(
    "admin_list_roles",
    "The roles that there are",
    ("By name, each with its scopes.", object_of({"roles": schemas.list_of(schemas.ROLE)})),
    {},
)
OUTBOX: Final = reading(
    "admin_list_outbox",
    "What was not delivered yet",
    ("Letters and webhooks, the oldest first; no text and no token.", schemas.OUTBOX),
    {422: INVALID},
    parameter("state", {"enum": ["dead"], "description": "What is tried no more."}, place="query"),
    parameter("cursor", {"type": "string", "maxLength": LONGEST}, place="query"),
    parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}, place="query"),
)
RETRY: Final = changing(
    "admin_retry_message",
    "Have a message tried now",
    ("It is tried as often as a new one.", done("to be tried again")),
    {404: {"message_not_found": "no such message waits or is dead: 'msg_0'"}, 422: INVALID},
    parameter("message_id", {"type": "string", "examples": ["msg_0006451b1b2f3c5d"]}),
)
HEALTH: Final = reading(
    "admin_health",
    "How the service is",
    ("Each part by its name, as `/health/ready` shows it to operators.", schemas.HEALTH),
    {},
)


async def _roles(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    found = await service.run(service.auth.admin.service.roles, caller.claims)
    return json_response(200, {"roles": [shown.role(one) for one in found]})


async def _outbox(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    query = Query(request, ("state", "cursor", "limit"))
    only_dead = query.choice("state", ("dead",)) is not None
    after, limit = query.cursor(), query.limit(MOST)
    query.check()
    outbox = service.auth.admin.service.outbox
    found = await service.run(outbox, caller.claims, only_dead=only_dead, after=after, limit=limit)
    body = {
        "messages": [shown.message(one) for one in found.entries],
        "next": cursor_of(found.after),
        "waiting": found.counts.waiting,
        "dead": found.counts.dead,
    }
    return json_response(200, body)


async def _retry(service: Service, request: Request) -> Response:
    await changed(service, request, service.auth.admin.change_service.retry, "message_id")
    return json_response(200, {"status": "to be tried again"})


async def _health(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    await service.run(service.auth.admin.service.allow, caller.claims)
    return json_response(200, (await service.probe.readiness()).as_json())


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_ROLES, _roles, ROLES),
    FeatureRoute(paths.ADMIN_OUTBOX, _outbox, OUTBOX),
    FeatureRoute(paths.ADMIN_RETRY, _retry, RETRY),
    FeatureRoute(paths.ADMIN_HEALTH, _health, HEALTH),
)
