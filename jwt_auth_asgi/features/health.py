"""The routes that probes ask: whether the process lives, and whether it can serve.

They need no token, count for no limit and are answered by status alone; an operator sees the details.
"""

from __future__ import annotations

import os
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.operations import TAG, Operation, responses, success
from jwt_auth_asgi.features.schemas import Schema
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.loopback import is_on_loopback
from jwt_auth_asgi.problems.responses import json_response

OPERATOR: Final = "auth:admin"
"""The scope of who may see the details."""

_DETAILS: Final = (
    f"Details are for callers on the loopback, and for access tokens with the scope `{OPERATOR}`."
)
_CHECKS: Final[Schema] = {
    "type": "object",
    "description": "One entry a part: its status, and facts about it.",
    "additionalProperties": {
        "type": "object",
        "properties": {"status": {"enum": ["pass", "warn", "fail"]}},
        "required": ["status"],
    },
}


def _schema(statuses: list[str], details: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"status": {"enum": statuses}, **details},
        "required": ["status"],
    }


LIVE: Final[Operation] = {
    "operationId": "health_live",
    "summary": "Whether the process lives",
    "description": f"Asks nobody: a store that is down is no reason to start the process anew. {_DETAILS}",
    "tags": [TAG],
    "security": [],
    "responses": responses(
        {200: success("It does.", _schema(["pass"], {"process_id": {"type": "integer"}}))}, {}
    ),
}
READY: Final[Operation] = {
    "operationId": "health_ready",
    "summary": "Whether requests can be served",
    "description": f"Asks the stores, once a second at most. {_DETAILS}",
    "tags": [TAG],
    "security": [],
    "responses": responses(
        {
            200: success(
                "They can; `warn`: somebody should look.", _schema(["pass", "warn"], {"checks": _CHECKS})
            )
        },
        {},
    ),
}
_not_ready: Operation = READY["responses"]["503"]
_not_ready["description"] = f"They cannot. {_not_ready['description']}"
_not_ready["content"]["application/json"] = {"schema": _schema(["fail"], {"checks": _CHECKS})}


async def _live(service: Service, request: Request) -> Response:
    told: dict[str, Any] = {"status": "pass"}
    if await _is_operator(service, request):
        told["process_id"] = os.getpid()
    return json_response(200, told)


async def _ready(service: Service, request: Request) -> Response:
    report = await service.probe.readiness()
    told = report.as_json() if await _is_operator(service, request) else {"status": report.status}
    if report.is_ready:
        return json_response(200, told)
    answer = json_response(503, told)
    answer.raw_headers.append((b"retry-after", b"1"))
    return answer


async def _is_operator(service: Service, request: Request) -> bool:
    return is_on_loopback(request.scope) or await service.is_granted(OPERATOR, request.scope)


FEATURE: Final = Feature(
    "health", (FeatureRoute(paths.LIVE, _live, LIVE), FeatureRoute(paths.READY, _ready, READY))
)
