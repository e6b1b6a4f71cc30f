"""From a request to the second step of a login. Raw codes and tokens stay inside these functions (LOG-1)."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.errors import InvalidBearerError
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, held_in_browser, with_transport
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.identity.credentials import authorization, bearer_token
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.flows.factors.complete_login import SecondStep
from jwt_auth_core.flows.factors.enrol_at_login import Enrolment
from jwt_auth_core.one_time.challenge import is_enrolment
from jwt_auth_core.records import dataclass
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
    held, browser = held_in_browser(service, request.scope, cookies), service.browser_cookie.read(cookies)
    step = replace(asked.step, device=asked.step.device or held.device, browser=browser)
    return replace(asked, held=held.token, step=step)


@dataclass(frozen=True, slots=True)
class EnrolmentInput:
    """What enrols at a login, and whether its token came as a bearer token."""

    enrolment: Enrolment
    is_bearer: bool


async def enrolment_input(service: Service, request: Request) -> EnrolmentInput:
    """Return the enrolment of a JSON body, or of a header: there its token is a bearer token (RFC 6750 §2.1).

    Beside a token in the body the header is not read, as on every route that takes credentials of its own;
    but two tokens that enrol are one too many.

    Raises:
        RequestError: the body cannot be read, or the token is given twice.
        TokenInvalidError: what the header has is none.
        InvalidInputError: names the offending field.
        CrossSiteError: another site's page brings the cookie.
    """
    headers, parse = by_name(request.scope), service.auth.factors.enrol_at_login.parse
    fields = await bodies.parsed_or_empty(headers, request.receive, bodies.JSON_ALONE)
    if fields.get("enrolment_token") is not None:
        if any(map(_enrols, headers.get(b"authorization", ()))):
            raise InvalidBearerError("send the enrolment token once")
        return EnrolmentInput(_in_browser(service, request, parse(fields)), is_bearer=False)
    token = _bearer(request.scope)
    if token is None:
        return EnrolmentInput(parse(fields), is_bearer=False)
    text = token.decode("ascii")
    if not is_enrolment(Secret(text)):
        raise TokenInvalidError("no enrolment token")
    asked = parse({**fields, "enrolment_token": text})
    return EnrolmentInput(_in_browser(service, request, asked), is_bearer=True)


def _in_browser(service: Service, request: Request, asked: Enrolment) -> Enrolment:
    """Return an enrolment with what its browser is known by, where that was at a provider."""
    browser = service.browser_cookie.read(by_name(request.scope).get(b"cookie", ()))
    if browser is None:
        return asked
    service.refuse_cross_site(request.scope)
    return replace(asked, browser=browser)


def _enrols(value: str) -> bool:
    scheme, _, token = value.strip().partition(" ")
    return scheme.lower() == "bearer" and is_enrolment(Secret(token.lstrip()))


def _bearer(scope: Scope) -> bytes | None:
    value = authorization(scope)
    return None if value is None else bearer_token(value)
