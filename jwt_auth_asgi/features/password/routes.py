"""The routes of forgotten passwords; neither asks for an access token, neither answers with one."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.letters import answer_asking
from jwt_auth_asgi.features.password import operations
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.responses import json_response


async def _forgot_password(service: Service, request: Request) -> Response:
    return await answer_asking(service, request, service.auth.forgot_password)


async def _reset_password(service: Service, request: Request) -> Response:
    await service.check_capacity(request.scope)
    reset = service.auth.reset_password
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    setting = service.run(reset, reset.parse(fields), service.client(request.scope))
    await run_until_disconnect(request.receive, setting)
    return json_response(200, {"status": "password changed"})


FEATURE: Final = Feature(
    "password",
    (
        FeatureRoute(paths.FORGOT_PASSWORD, _forgot_password, operations.FORGOT_PASSWORD),
        FeatureRoute(paths.RESET_PASSWORD, _reset_password, operations.RESET_PASSWORD),
    ),
)
