"""The route that hands out websocket tickets, and its OpenAPI operation; for browsers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features.operations import (
    BEARER,
    PASSWORD_FLOW,
    TAG,
    TOKEN_PROBLEMS,
    Operation,
    responses,
    success,
)
from jwt_auth_asgi.features.schemas import Schema
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.tickets.ticket import TTL_SECONDS

Handle = Callable[[Service, Request], Awaitable[Response]]

WS_TICKET_SCHEMA: Final[Schema] = {
    "type": "object",
    "properties": {
        "ticket": {
            "type": "string",
            "pattern": "^ticket\\.[A-Za-z0-9_-]{43}$",
            "description": "Opaque and good for one websocket.",
            "examples": ["ticket.q8Zb3nDk2Jv0sYtR7cXw1LmPpUeGhF5aB9dKoTiNyV4"],
        },
        "expires_in": {
            "type": "integer",
            "minimum": 1,
            "maximum": TTL_SECONDS,
            "description": "Seconds in which it is to be used; fewer where the access token ends sooner.",
            "examples": [TTL_SECONDS],
        },
    },
    "required": ["ticket", "expires_in"],
}

WS_TICKET: Final[Operation] = {
    "operationId": "ws_ticket",
    "summary": "A ticket that opens one websocket",
    "description": (
        "For browsers, which cannot set headers on a websocket: `new WebSocket(url, ['bearer', ticket])`. "
        "The websocket is the caller's, for as long as the access token of this request is good."
    ),
    "tags": [TAG],
    "security": [{PASSWORD_FLOW: []}, {BEARER: []}],
    "responses": responses(
        {200: success("The ticket.", WS_TICKET_SCHEMA)},
        {400: {"invalid_request": "send one Authorization header, not several"}, 401: TOKEN_PROBLEMS},
    ),
}


async def _ws_ticket(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    made = await service.ws_ticket(caller.claims)
    return json_response(200, {"ticket": made.ticket.reveal(), "expires_in": made.expires_in})


ROUTES: Final[Mapping[tuple[str, str], tuple[Handle, Operation]]] = {
    ("/ws-ticket", "POST"): (_ws_ticket, WS_TICKET),
}
