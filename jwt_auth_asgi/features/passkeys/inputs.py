"""From a request to a login by a passkey, or to its second step, and how its refresh token goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from starlette.requests import Request

from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, held_in_browser, with_transport
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_core.flows.factors.complete_login import SecondStep
from jwt_auth_core.flows.passkeys.passkey_login import PasskeyAttempt
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret


@dataclass(frozen=True, slots=True)
class PasskeyLoginInput:
    """A login by a passkey and its transport; ``held`` is the refresh token it takes the place of."""

    attempt: PasskeyAttempt | SecondStep
    transport: Transport
    held: Secret | None = None


async def login_input(service: Service, request: Request) -> PasskeyLoginInput:
    """Return the login of a JSON body; with a ``challenge`` it is the second step of one that has begun.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
        CrossSiteError: another site's page asks for the cookie.
    """
    headers = by_name(request.scope)
    fields = await bodies.parsed(headers, request.receive, bodies.JSON_ALONE)
    parse: Callable[[bodies.Fields], PasskeyAttempt | SecondStep] = PasskeyAttempt.parse
    if fields.get("challenge") is not None:
        parse = service.auth.factors.complete_login.parse
    asked = PasskeyLoginInput(*with_transport(fields, parse, []))
    if asked.transport is Transport.BODY:
        return asked
    cookies = headers.get(b"cookie", ())
    held = held_in_browser(service, request.scope, cookies)
    attempt = replace(asked.attempt, device=asked.attempt.device or held.device)
    if isinstance(attempt, SecondStep):
        attempt = replace(attempt, browser=service.browser_cookie.read(cookies))
    return replace(asked, held=held.token, attempt=attempt)
