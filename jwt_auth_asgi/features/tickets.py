"""The route that hands out websocket tickets, and its OpenAPI operation; for browsers."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.operations import AUTHENTICATED, REFUSED, TAG, Operation, responses, success
from jwt_auth_asgi.features.schemas import Schema
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.one_time.code import WS_TICKET as PURPOSE

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
            "maximum": PURPOSE.ttl_seconds,
            "description": "Seconds in which it is to be used; fewer where the access token ends sooner.",
            "examples": [PURPOSE.ttl_seconds],
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
    "security": AUTHENTICATED,
    "responses": responses({200: success("The ticket.", WS_TICKET_SCHEMA)}, REFUSED),
}


async def _ws_ticket(service: Service, request: Request) -> Response:
    caller = await service.caller(request.scope)
    made = await service.run(service.auth.issue_ws_ticket, caller.claims)
    return json_response(200, {"ticket": made.ticket.reveal(), "expires_in": made.expires_in})


FEATURE: Final = Feature("tickets", (FeatureRoute(paths.WS_TICKET, _ws_ticket, WS_TICKET),))
