"""The routes of second factors, one handler each."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.factors import operations
from jwt_auth_asgi.features.factors.inputs import second_step_input
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import opened_response, who


async def _second_factor(service: Service, request: Request) -> Response:
    asked = await second_step_input(service, request)
    client, held = service.client(request.scope), asked.held.reveal() if asked.held else None
    completing = service.run(service.auth.factors.complete_login, asked.step, client, held)
    grant = await run_until_disconnect(request.receive, completing)
    device_cookie = service.device_cookie
    return await opened_response(service, client, grant, asked.transport, who(grant), device_cookie)


FEATURE: Final = Feature(
    "factors",
    (FeatureRoute(paths.SECOND_FACTOR, _second_factor, operations.SECOND_FACTOR),),
)
