"""The routes of the auth app, one handler each; any framework on Starlette can mount them one by one.

A handler reads its input, awaits one use case and renders the answer. Errors become problems here,
so that the answers do not depend on the framework around them.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi import client, csrf, openapi
from jwt_auth_asgi.challenge import DEFAULT_REALM
from jwt_auth_asgi.disconnect import unless_gone
from jwt_auth_asgi.errors import CrossSiteError
from jwt_auth_asgi.faults import FaultLog
from jwt_auth_asgi.inputs import Transport, login_input, refresh_input, register_input
from jwt_auth_asgi.openapi import Operation
from jwt_auth_asgi.problems import problem_of
from jwt_auth_asgi.service import Service, ServiceSource
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import (
    AuthError,
    RefreshInvalidError,
    RefreshSupersededError,
    SessionError,
    UnavailableError,
)
from jwt_auth_core.flows.grant import Grant
from jwt_auth_core.vocabulary import Client

_FAULTS: Final = FaultLog()

Handler = Callable[[Request], Awaitable[Response]]
Handle = Callable[[Service, Request], Awaitable[Response]]

_EVERY_ANSWER: Final = {
    "cache-control": "no-store",
    "vary": "Authorization, Cookie",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route: ``path`` below the mount point, and its OpenAPI operation as data."""

    path: str
    method: str
    name: str
    handler: Handler
    operation: Operation


def endpoints(auth: Auth | ServiceSource | None = None) -> list[Endpoint]:
    """Return the routes of the auth app, all on one service.

    ``auth`` may be left out: the process's own is then made at the first request. A `ServiceSource`
    in its place lets the caller check and close what the routes use.
    """
    source = auth if isinstance(auth, ServiceSource) else ServiceSource(auth)
    return [
        Endpoint(path, method, operation["operationId"], _answering(source, handle, operation), operation)
        for (path, method), (handle, operation) in _ROUTES.items()
    ]


async def _register(service: Service, request: Request) -> Response:
    service.check_room()
    attempt = await register_input(request.scope, request.receive, service.auth.register.parse)
    user = await unless_gone(request.receive, service.register(attempt, _client(service, request)))
    body = {
        "user_id": user.user_id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "status": "user created",
    }
    return _answer(201, body)


async def _login(service: Service, request: Request) -> Response:
    service.check_room()
    asked = await login_input(request.scope, request.receive)
    if asked.transport is Transport.COOKIE:
        _refuse_cross_site(service, request)
    grant = await unless_gone(request.receive, service.login(asked.attempt, _client(service, request)))
    who = {
        "user_id": grant.user.user_id,
        "first_name": grant.user.first_name,
        "last_name": grant.user.last_name,
        "status": "logged in",
    }
    return _granted(service, grant, asked.transport, who)


async def _refresh(service: Service, request: Request) -> Response:
    presented = await refresh_input(request.scope, request.receive, service.cookie)
    if presented.transport is Transport.COOKIE:
        _refuse_cross_site(service, request)
    try:
        if presented.token is None:
            raise RefreshInvalidError
        grant = await service.refresh(presented.token)
    except SessionError as error:
        over = presented.transport is Transport.COOKIE and not isinstance(error, RefreshSupersededError)
        return refusal(error, realm=service.realm, cookie=service.cookie.clear() if over else None)
    return _granted(service, grant, presented.transport, {})


async def _logout(service: Service, request: Request) -> Response:
    presented = await refresh_input(request.scope, request.receive, service.cookie)
    if presented.transport is Transport.COOKIE:
        _refuse_cross_site(service, request)
    await service.logout(presented.token)
    cleared = service.cookie.clear() if presented.transport is Transport.COOKIE else None
    return _answer(200, {"status": "logged out"}, cleared)


async def _me(service: Service, request: Request) -> Response:
    user = await service.current_user((await service.caller(request.scope)).identity)
    body = {
        "user_id": user.user_id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "scopes": sorted(user.scopes),
    }
    return _answer(200, body)


async def _document(_service: Service, request: Request) -> Response:
    operations = {place: operation for place, (_, operation) in _ROUTES.items()}
    prefix = request.scope["path"].removesuffix("/openapi.json")
    return _answer(200, openapi.document(prefix, operations))


_ROUTES: Final[Mapping[tuple[str, str], tuple[Handle, Operation]]] = {
    ("/register", "POST"): (_register, openapi.REGISTER),
    ("/login", "POST"): (_login, openapi.LOGIN),
    ("/refresh", "POST"): (_refresh, openapi.REFRESH),
    ("/logout", "POST"): (_logout, openapi.LOGOUT),
    ("/me", "GET"): (_me, openapi.ME),
    ("/openapi.json", "GET"): (_document, openapi.DOCUMENT),
}


def _answering(source: ServiceSource, handle: Handle, operation: Operation) -> Handler:
    async def handler(request: Request) -> Response:
        realm = DEFAULT_REALM
        try:
            service = await source.get()
            realm = service.realm
            return await handle(service, request)
        except AuthError as error:
            return refusal(error, realm=realm)
        except (OSError, MemoryError, NotImplementedError) as error:
            # No entropy, no memory, no file handle: passing, and nothing was issued (F-29).
            return refusal(UnavailableError(f"the system failed: {type(error).__name__}"), realm=realm)

    handler.__name__ = operation["operationId"]
    handler.__doc__ = operation["summary"]
    return handler


def _client(service: Service, request: Request) -> Client:
    return client.client(request.scope, trusted_proxy_count=service.auth.settings.trusted_proxy_count)


def _refuse_cross_site(service: Service, request: Request) -> None:
    if not service.csrf.allows(csrf.provenance(request.scope)):
        raise CrossSiteError


def _granted(service: Service, grant: Grant, transport: Transport, more: Mapping[str, str]) -> Response:
    body: dict[str, Any] = {
        "access_token": grant.access_token,
        "token_type": "bearer",
        "expires_in": grant.expires_in,
        **more,
    }
    if transport is Transport.BODY:
        return _answer(200, {**body, "refresh_token": grant.refresh_token.reveal()})
    return _answer(200, body, service.cookie.set(grant.refresh_token, session_ends_in=grant.session_ends_in))


def _answer(status: int, body: Mapping[str, Any], cookie: str | None = None) -> Response:
    content = json.dumps(body, separators=(",", ":")).encode("ascii")
    headers = {**_EVERY_ANSWER, **({"set-cookie": cookie} if cookie else {})}
    return Response(content, status_code=status, headers=headers, media_type="application/json")


def refusal(error: AuthError, *, realm: str = DEFAULT_REALM, cookie: str | None = None) -> Response:
    """Render an error as its problem; log what is an operator's to mend."""
    problem = problem_of(error, realm=realm)
    if problem.status >= 500:  # noqa: PLR2004 - the server's side of the house
        _FAULTS.note(error)
    response = Response(problem.body, status_code=problem.status)
    response.raw_headers = list(problem.headers)
    for name, value in {**_EVERY_ANSWER, **({"set-cookie": cookie} if cookie else {})}.items():
        response.headers[name] = value
    return response
