"""The routes by which an admin sees and changes service clients, and their OpenAPI operations."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.admin import schemas, shown
from jwt_auth_asgi.features.admin.changed import changed
from jwt_auth_asgi.features.admin.operations import INVALID, changing, creating, done, parameter, reading
from jwt_auth_asgi.features.feature import FeatureRoute
from jwt_auth_asgi.features.operations import BODY_PROBLEMS, REFUSED
from jwt_auth_asgi.features.schemas import object_of
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.responses import json_response

_GONE: Final = {"client_not_found": "no such client"}
_CLIENT: Final = parameter("client_id", {"type": "string", "examples": ["billing"]})

LIST: Final = reading(
    "admin_list_clients",
    "The service clients that there are",
    ("By id, no secret among it.", object_of({"clients": schemas.list_of(schemas.CLIENT)})),
    {},
)
ADD: Final = creating(
    "admin_add_client",
    "Add a service client",
    schemas.NEW_CLIENT,
    ("Its secret, which is in this answer and nowhere else.", schemas.CLIENT_SECRET),
    {
        409: {"client_exists": "there is a client of this id; rotate its secret, or remove it first"},
        422: BODY_PROBLEMS[422],
    },
)
ROTATE: Final = {
    **changing(
        "admin_rotate_client",
        "Give a service client another secret",
        ("Its new secret, which is in this answer and nowhere else.", schemas.CLIENT_SECRET),
        {
            **BODY_PROBLEMS,
            400: {**BODY_PROBLEMS[400], **REFUSED[400]},
            404: _GONE,
            409: {"client_has_keys": "the client proves itself by keys; give it others, or remove it"},
        },
        _CLIENT,
        about="The one before is good for the overlap; without one its tokens end at once.",
    ),
    "requestBody": {"required": True, "content": {bodies.JSON: {"schema": schemas.ROTATION}}},
}
REMOVE: Final = changing(
    "admin_remove_client",
    "Remove a service client",
    ("Its tokens are refused everywhere within a second.", done("client removed")),
    {404: _GONE, 422: INVALID},
    _CLIENT,
)


async def _list(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    found = await service.run(service.auth.admin.service.clients, caller.claims)
    return json_response(200, {"clients": [shown.client(one) for one in found]})


async def _add(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    change, client = service.auth.admin.change_clients, service.client(request.scope)
    secret = await service.run(change.add, caller.claims, fields, client)
    body = {"status": "client added", "client_id": fields["client_id"], "client_secret": secret.reveal()}
    return json_response(201, body)


async def _rotate(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    client_id, client = request.path_params["client_id"], service.client(request.scope)
    rotate = service.auth.admin.change_clients.rotate
    secret = await service.run(rotate, caller.claims, client_id, fields, client)
    body = {"status": "secret rotated", "client_id": client_id, "client_secret": secret.reveal()}
    return json_response(200, body)


async def _remove(service: Service, request: Request) -> Response:
    await changed(service, request, service.auth.admin.change_clients.remove, "client_id")
    return json_response(200, {"status": "client removed"})


ROUTES: Final = (
    FeatureRoute(paths.ADMIN_CLIENTS, _list, LIST),
    FeatureRoute(paths.ADMIN_NEW_CLIENT, _add, ADD),
    FeatureRoute(paths.ADMIN_ROTATE_CLIENT, _rotate, ROTATE),
    FeatureRoute(paths.ADMIN_REMOVE_CLIENT, _remove, REMOVE),
)
