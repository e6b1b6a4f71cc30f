"""The routes of verification. None answers a GET: what opens links before people do spends nothing."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import NotAuthenticatedError
from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import paths
from jwt_auth_asgi.features.feature import Feature, FeatureRoute
from jwt_auth_asgi.features.letters import answer_asking
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.verification import operations
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.problems.responses import json_response
from jwt_auth_core.flows.verification.verify_email import Visitor
from jwt_auth_core.vocabulary import UserId


async def _send(service: Service, request: Request) -> Response:
    return await answer_asking(service, request, service.auth.send_verification)


async def _verify(service: Service, request: Request) -> Response:
    await service.check_capacity(request.scope)
    verify, headers = service.auth.verify_email, by_name(request.scope)
    asked = verify.parse(await bodies.parsed(headers, request.receive, bodies.JSON_ALONE))
    browser = service.registration_cookie.read(headers.get(b"cookie", ()))
    if browser is not None:
        service.refuse_cross_site(request.scope)
    visitor = Visitor(browser, await _login_of(service, request.scope))
    verifying = service.run(verify, asked, service.client(request.scope), visitor)
    verified = await run_until_disconnect(request.receive, verifying)
    body = {"status": "email verified"}
    if verified.reset_token is not None:
        body["reset_token"] = verified.reset_token.reveal()
    return json_response(200, body)  # the browser may have registered others: its cookie ends by itself


async def _login_of(service: Service, scope: Scope) -> UserId | None:
    """Return whose access token came along; one that is no good is refused: without it all would be void.

    The middleware in front does not look at this path, which is open to everybody who has a letter.
    """
    try:
        return UserId((await service.caller(scope, is_exempt=True)).identity)
    except NotAuthenticatedError:
        return None


FEATURE: Final = Feature(
    "verification",
    (
        FeatureRoute(paths.SEND_VERIFICATION, _send, operations.SEND_VERIFICATION),
        FeatureRoute(paths.VERIFY, _verify, operations.VERIFY),
    ),
)
