"""The routes of the login by e-mail. None answers a GET: what opens links before people do spends nothing."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.email_login import operations
from jwt_auth_asgi.features.email_login.inputs import letter_input, mailed_login_input
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.letters import ASKED, language_in
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, granted, opened_response, who
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.flows.email_login.login_by_email import METHODS


async def _send(service: Service, request: Request) -> Response:
    asked = await letter_input(service, request)
    client, language = service.client(request.scope), language_in(service, request.scope)
    request_login = service.auth.request_login
    binding = await service.run(request_login, asked.email, client, language=language, held=asked.held)
    if asked.transport is Transport.BODY:
        return json_response(202, {**ASKED, "binding": binding.reveal()})
    return json_response(202, ASKED, [service.binding_cookie.set(binding)])


async def _verify(service: Service, request: Request) -> Response:
    asked = await mailed_login_input(service, request)
    client, held = service.client(request.scope), asked.held.reveal() if asked.held else None
    await service.hooked.before_login(asked.attempt.email, client, method=METHOD)
    login = service.run(service.auth.login_by_email, asked.attempt, client, held)
    grant = granted(await run_until_disconnect(request.receive, login))
    device_cookie = service.device_cookie
    answer = await opened_response(service, client, grant, asked.transport, who(grant), device_cookie)
    if asked.transport is not Transport.BODY:
        answer.headers.append("set-cookie", service.binding_cookie.clear())
    return answer


METHOD: Final = METHODS[0]

FEATURE: Final = Feature(
    "email_login",
    (
        FeatureRoute(paths.SEND_LOGIN, _send, operations.SEND_LOGIN),
        FeatureRoute(paths.LOGIN_BY_EMAIL, _verify, operations.LOGIN_BY_EMAIL),
    ),
)
