"""From a request to a round trip: what a browser leaves with, and what it comes back with.

Codes and states stay inside these functions; what leaves is wrapped in `Secret` (LOG-1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from jwt_auth_asgi.features.identities.places import callback_url
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.transport import Transport, check_transport
from jwt_auth_asgi.http import bodies, csrf
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_asgi.http.site_path import path_of_ours
from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.flows.identities.meet import Return
from jwt_auth_core.flows.identities.round_trip import RoundTrip
from jwt_auth_core.flows.identities.sign_in import CodeAttempt
from jwt_auth_core.identities.provider import ProviderNotFoundError
from jwt_auth_core.vocabulary import Secret

AGAIN: Final = "again"
"""The field of a form that our own page sends once more."""

RETURNED: Final = ("code", "state", "iss", "error", "user")
"""What is read of a provider's answer."""


def check_provider(service: Service, name: str) -> str:
    """Return the name of a provider.

    Raises:
        ProviderNotFoundError: there is none of this name.
    """
    if name not in service.auth.identities.providers:
        raise ProviderNotFoundError
    return name


def departure(service: Service, request: Request) -> RoundTrip:
    """Return the round trip that a link leads to.

    Raises:
        ProviderNotFoundError: there is no such provider.
        InvalidInputError: names every offending parameter at once.
    """
    name = check_provider(service, request.path_params["provider"])
    problems: list[FieldError] = []
    query = _once(request, problems)
    transport = check_transport(query, Transport.COOKIE, problems)
    onward, challenge = _onward(query, problems), query.get("challenge")
    if transport is Transport.BODY and (onward is None or challenge is None):
        problems.append(FieldError("transport", "missing", "body needs next and challenge"))
    if problems:
        raise InvalidInputError(problems)
    return RoundTrip(
        provider=name,
        redirect_uri=callback_url(service, request, name),
        onward=onward,
        transport=transport.value,
        challenge=challenge if transport is Transport.BODY else None,
    )


async def link_input(service: Service, request: Request) -> RoundTrip:
    """Return the round trip of a JSON body that names a provider.

    Raises:
        RequestError: the body cannot be read.
        ProviderNotFoundError: there is no such provider.
        InvalidInputError: names every offending field at once.
        CrossSiteError: another site's page asks for the cookie.
    """
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    service.refuse_cross_site(request.scope)
    problems: list[FieldError] = []
    name = fields.get("provider")
    if not isinstance(name, str):
        code, message = ("missing", "is required") if name is None else ("wrong_type", "must be a text")
        problems.append(FieldError("provider", code, message))
    onward = _onward(fields, problems)
    if problems or not isinstance(name, str):
        raise InvalidInputError(problems)
    return RoundTrip(
        provider=check_provider(service, name),
        redirect_uri=callback_url(service, request, name),
        onward=onward,
        transport=Transport.COOKIE.value,
    )


def is_ours(service: Service, request: Request) -> bool:
    """Tell whether a page of our own origin is behind a form that was posted."""
    sender = csrf.provenance(request.scope, trusted_proxy_count=service.auth.settings.trusted_proxy_count)
    return csrf.is_same_origin(sender, service.auth.settings.public_url, is_websocket=False)


async def posted(request: Request) -> Mapping[str, str]:
    """Return the fields of a form that a browser brings from a provider.

    Raises:
        RequestError: the body cannot be read.
    """
    parsers = {bodies.FORM: bodies.from_form}
    fields = await bodies.parsed(by_name(request.scope), request.receive, parsers)
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def queried(request: Request) -> Mapping[str, str]:
    """Return the parameters that a browser brings from a provider.

    Raises:
        InvalidInputError: one is there twice.
    """
    problems: list[FieldError] = []
    found = _once(request, problems)
    if problems:
        raise InvalidInputError(problems)
    return found


def returned(service: Service, request: Request, said: Mapping[str, str]) -> Return:
    """Return what a browser comes back with."""
    code = said.get("code")
    return Return(
        provider=request.path_params["provider"],
        browser=service.browser_cookie.read(by_name(request.scope).get(b"cookie", ())),
        state=said.get("state"),
        code=None if code is None else Secret(code),
        error=said.get("error"),
        issuer=said.get("iss"),
        user=said.get("user"),
    )


async def code_input(service: Service, request: Request) -> CodeAttempt:
    """Return the login code of a JSON body.

    Raises:
        RequestError: the body cannot be read.
        InvalidInputError: names every offending field at once.
    """
    fields = await bodies.parsed(by_name(request.scope), request.receive, bodies.JSON_ALONE)
    return service.auth.identities.sign_in.parse(fields)


def _once(request: Request, problems: list[FieldError]) -> dict[str, str]:
    pairs = request.query_params.multi_items()
    found = dict(pairs)
    if len(found) < len(pairs):
        problems.append(FieldError("query", "repeated", "names a parameter twice"))
    return found


def _onward(fields: Mapping[str, object], problems: list[FieldError]) -> str | None:
    """Return where a browser goes in the end, as a path of this site."""
    asked = fields.get("next")
    if asked is None:
        return None
    path = path_of_ours(asked) if isinstance(asked, str) else None
    if path is None:
        problems.append(FieldError("next", "invalid", "must be a path of this site"))
    return path
