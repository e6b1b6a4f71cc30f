"""From a request to a login, or to the refresh token that it brings and how that came.

Raw passwords and tokens stay inside these functions; what leaves is wrapped in `Secret` (LOG-1). What
our cookie rides on is refused here when another site's page is behind it, so that no handler forgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from starlette.requests import Request

from jwt_auth_asgi.errors import RequestError
from jwt_auth_asgi.features.password_form import form_names, our_fields
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import (
    Transport,
    check_transport,
    held_in_browser,
    transport_of,
    with_transport,
)
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.bodies import Fields, Parser
from jwt_auth_asgi.http.headers import Headers, by_name
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.password.reauthenticate import Reauthentication
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

_JSON_OR_FORM: Final[Mapping[str, Parser]] = {bodies.JSON: bodies.from_json, bodies.FORM: bodies.from_form}


@dataclass(frozen=True, slots=True)
class LoginInput:
    """A login and how its refresh token is to be handed out; ``held`` is the one it takes the place of."""

    attempt: LoginAttempt
    transport: Transport
    held: Secret | None = None


@dataclass(frozen=True, slots=True)
class ReauthenticationInput:
    """A proof of who calls, and how the new refresh token is to be handed out; ``held`` as at a login."""

    proof: Reauthentication
    transport: Transport
    held: Secret | None


@dataclass(frozen=True, slots=True)
class RefreshInput:
    """A refresh token, None where the request brings none; whether a cookie was to, and how the next goes."""

    token: Secret | None
    is_cookie: bool
    transport: Transport


async def login_input(service: Service, request: Request) -> LoginInput:
    """Return the login of a JSON body or of an OAuth2 password form.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
        CrossSiteError: another site's page asks for the cookie.
    """
    headers = by_name(request.scope)
    fields = await bodies.parsed(headers, request.receive, _JSON_OR_FORM)
    asked = _login_of_form(fields) if _is_form(headers) else _login(fields, [])
    if asked.transport is Transport.BODY:
        return asked
    held = held_in_browser(service, request.scope, headers.get(b"cookie", ()))
    attempt = replace(asked.attempt, device=asked.attempt.device or held.device)
    return replace(asked, held=held.token, attempt=attempt)


async def reauthentication_input(service: Service, request: Request) -> ReauthenticationInput:
    """Return the proof of a JSON body; the new token goes the way of the old one, which the cookie shows.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
        CrossSiteError: another site's page asks for the cookie.
    """
    headers = by_name(request.scope)
    fields = await bodies.parsed(headers, request.receive, bodies.JSON_ALONE)
    lines = headers.get(b"cookie", ())
    held = service.cookie.read(lines)
    way = transport_of(service.cookie, lines)
    parse = partial(Reauthentication.parse, factors=service.auth.reauthenticate.factors)
    parsed = with_transport({"transport": way.value, **fields}, parse, [])
    asked = ReauthenticationInput(*parsed, held)
    if held is not None or asked.transport is not Transport.BODY:
        service.refuse_cross_site(request.scope)
    return asked


async def refresh_input(service: Service, request: Request) -> RefreshInput:
    """Return the refresh token of the cookie, of a JSON body or of a form.

    Raises:
        RequestError: the body cannot be read, or both bring a token.
        InvalidInputError: ``refresh_token`` is no text, or ``transport`` no way for it to go.
        CrossSiteError: another site's page made the browser send the cookie, or asks for one.
    """
    headers = by_name(request.scope)
    lines = headers.get(b"cookie", ())
    held = service.cookie.read(lines)
    fields = await bodies.parsed_or_empty(headers, request.receive, _JSON_OR_FORM)
    # A form's field without a value counts as left out (RFC 6749 §3.2).
    if "refresh_token" not in fields or (not fields["refresh_token"] and _is_form(headers)):
        service.refuse_cross_site(request.scope)
        both = service.cookie.access.is_among(lines)
        asked = _next_way(fields, Transport.COOKIES if both else Transport.COOKIE)
        if asked is Transport.BODY:  # out of reach of a script it stays there (CK-03)
            raise InvalidInputError(
                [FieldError("transport", "not_allowed", "the cookie's token stays in cookies")]
            )
        return RefreshInput(held, is_cookie=True, transport=asked)
    if held is not None:
        raise RequestError("send the refresh token once: as a cookie or in the body")
    text = fields["refresh_token"]
    if not isinstance(text, str):
        raise InvalidInputError([FieldError("refresh_token", "wrong_type", "must be a text")])
    asked = _next_way(fields, Transport.BODY)
    if asked is not Transport.BODY:
        service.refuse_cross_site(request.scope)
    return RefreshInput(Secret(text), is_cookie=False, transport=asked)


def _next_way(fields: Fields, otherwise: Transport) -> Transport:
    problems: list[FieldError] = []
    asked = check_transport(fields, otherwise, problems)
    if problems:
        raise InvalidInputError(problems)
    return asked


def _is_form(headers: Headers) -> bool:
    return bodies.media_type(headers) == bodies.FORM


def _login_of_form(fields: Fields) -> LoginInput:
    problems: list[FieldError] = []
    if (fields.get("grant_type") or "password") != "password":
        problems.append(FieldError("grant_type", "unknown", 'must be "password"'))
    with form_names():
        return _login(our_fields(fields), problems)


def _login(fields: Fields, problems: list[FieldError]) -> LoginInput:
    return LoginInput(*with_transport(fields, LoginAttempt.parse, problems))
