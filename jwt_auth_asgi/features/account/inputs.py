"""From a request to a registration, a change of password or of names; all are JSON.

Raw passwords stay inside these functions; what leaves is wrapped in `Secret` (LOG-1).
"""

from __future__ import annotations

from starlette.requests import Request

from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, with_transport
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_core.flows.account.change_profile import ProfileChange
from jwt_auth_core.flows.account.register import RegisterAttempt
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True)
class PasswordInput:
    """A password change and how the new refresh token is to be handed out."""

    change: PasswordChange
    transport: Transport


async def register_input(service: Service, request: Request) -> RegisterAttempt:
    """Return the registration of a JSON body.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
    """
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    return service.auth.register.parse(fields)


async def password_input(service: Service, request: Request) -> PasswordInput:
    """Return the password change of a JSON body.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
        CrossSiteError: another site's page asks for the cookie.
    """
    headers = by_name(request.scope)
    fields = await bodies.parsed(headers, request.receive, bodies.JSON_ALONE)
    both = service.cookie.access.is_among(headers.get(b"cookie", ()))
    way = Transport.COOKIES if both else Transport.COOKIE
    asked = PasswordInput(*with_transport({"transport": way.value, **fields}, PasswordChange.parse, []))
    if asked.transport is not Transport.BODY:
        service.refuse_cross_site(request.scope)
    return asked


async def profile_input(request: Request) -> ProfileChange:
    """Return the change of names of a JSON body.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
    """
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    return ProfileChange.parse(fields)
