"""From a request to a letter that somebody asks for, or to what it brought; both are JSON.

Raw tokens and codes stay inside these functions; what leaves is wrapped in `Secret` (LOG-1). A browser brings
what binds the letter to it in a cookie, a client without cookies in the body.
"""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request

from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, held_in_browser, with_transport
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_core.flows.email_login.login_by_email import MailedLogin
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Email, Secret


@dataclass(frozen=True, slots=True)
class LetterInput:
    """Who is to have the letter, and how what binds it is handed out; ``held`` is that of a letter before."""

    email: Email
    transport: Transport
    held: Secret | None


@dataclass(frozen=True, slots=True)
class MailedLoginInput:
    """What a letter brought, and how the refresh token is handed out; ``held`` is the one replaced."""

    attempt: MailedLogin
    transport: Transport
    held: Secret | None = None


async def letter_input(service: Service, request: Request) -> LetterInput:
    """Return the address of a JSON body.

    Raises:
        MailNotConfiguredError: there is no mailer.
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
        CrossSiteError: another site's page asks for the cookie.
    """
    headers = by_name(request.scope)
    fields = await bodies.parsed(headers, request.receive, bodies.JSON_ALONE)
    email, transport = with_transport(fields, service.auth.request_login.parse, [])
    if transport is Transport.BODY:
        return LetterInput(email, transport, None)
    service.refuse_cross_site(request.scope)
    return LetterInput(email, transport, service.binding_cookie.read(headers.get(b"cookie", ())))


async def mailed_login_input(service: Service, request: Request) -> MailedLoginInput:
    """Return the login of a JSON body.

    Raises:
        MailNotConfiguredError: there is no mailer.
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
        CrossSiteError: another site's page asks for the cookie.
    """
    headers = by_name(request.scope)
    fields = await bodies.parsed(headers, request.receive, bodies.JSON_ALONE)
    asked = MailedLoginInput(*with_transport(fields, service.auth.login_by_email.parse, []))
    if asked.transport is Transport.BODY:
        return asked
    cookies, attempt = headers.get(b"cookie", ()), asked.attempt
    held = held_in_browser(service, request.scope, cookies)
    attempt = replace(
        attempt,
        binding=attempt.binding or service.binding_cookie.read(cookies),
        device=attempt.device or held.device,
        browser=service.registration_cookie.read(cookies),
    )
    return replace(asked, attempt=attempt, held=held.token)
