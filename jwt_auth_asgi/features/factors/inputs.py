"""From a request to the second step of a login. Raw codes and tokens stay inside these functions (LOG-1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request

from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, with_transport
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_core.flows.factors.complete_login import SecondStep
from jwt_auth_core.vocabulary import Secret


@dataclass(frozen=True, slots=True)
class SecondStepInput:
    """A second step, and how its refresh token is to be handed out; ``held`` is as at a login."""

    step: SecondStep
    transport: Transport
    held: Secret | None = None


async def second_step_input(service: Service, request: Request) -> SecondStepInput:
    """Return the second step of a JSON body.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
        CrossSiteError: another site's page asks for the cookie.
    """
    headers = by_name(request.scope)
    fields = await bodies.parsed(headers, request.receive, bodies.JSON_ALONE)
    asked = SecondStepInput(*with_transport(fields, service.auth.factors.complete_login.parse, []))
    if asked.transport is Transport.BODY:
        return asked
    cookies = headers.get(b"cookie", ())
    held, device = service.cookie.read(cookies), asked.step.device or service.device_cookie.read(cookies)
    service.refuse_cross_site(request.scope)
    return replace(asked, held=held, step=replace(asked.step, device=device))
