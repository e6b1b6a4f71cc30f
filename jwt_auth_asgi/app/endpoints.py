"""The routes of the auth app, one handler each; any framework on Starlette can mount them one by one.

A handler reads its input, awaits one use case and renders the answer. Errors become problems here,
so that the answers do not depend on the framework around them.
"""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.app import openapi
from jwt_auth_asgi.executors.disconnect import run_until_disconnect
from jwt_auth_asgi.features import tickets as ticket_routes
from jwt_auth_asgi.features.oauth import routes as oauth_routes
from jwt_auth_asgi.features.oauth import token_endpoint as token_routes
from jwt_auth_asgi.features.oauth_words import in_words, told
from jwt_auth_asgi.features.operations import Operation
from jwt_auth_asgi.features.service import Service, ServiceSource
from jwt_auth_asgi.features.sessions import routes as session_routes
from jwt_auth_asgi.features.sessions.inputs import login_input, refresh_input, register_input
from jwt_auth_asgi.features.transport import Transport, token_response
from jwt_auth_asgi.http.paths import whole_path
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_asgi.problems.responses import json_response, problem_response
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import (
    AuthError,
    RefreshInvalidError,
    RefreshSupersededError,
    SessionError,
    UnavailableError,
)

Handler = Callable[[Request], Awaitable[Response]]
Handle = Callable[[Service, Request], Awaitable[Response]]


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
    in its place lets the caller check and close what the routes use; the caller keeps it as well, for
    the handlers hold it weakly: frameworks remember handlers longer than applications.
    """
    find = weakref.ref(auth) if isinstance(auth, ServiceSource) else partial(_same, ServiceSource(auth))
    return [
        Endpoint(path, method, operation["operationId"], _answering(find, handle, operation), operation)
        for (path, method), (handle, operation) in _ROUTES.items()
    ]


def _same(source: ServiceSource) -> ServiceSource:
    return source


async def _register(service: Service, request: Request) -> Response:
    service.check_room()
    attempt = await register_input(request.scope, request.receive, service.auth.register.parse)
    registering = service.register(attempt, service.client(request.scope))
    user = await run_until_disconnect(request.receive, registering)
    body = {
        "user_id": user.user_id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "status": "user created",
    }
    return json_response(201, body)


@in_words
async def _login(service: Service, request: Request) -> Response:
    service.check_room()
    asked = await login_input(request.scope, request.receive, service.cookie)
    if asked.transport is Transport.COOKIE:
        service.refuse_cross_site(request.scope)
    client = service.client(request.scope)
    grant = await run_until_disconnect(request.receive, service.login(asked.attempt, client, asked.held))
    who = {
        "user_id": grant.user.user_id,
        "first_name": grant.user.first_name,
        "last_name": grant.user.last_name,
        "status": "logged in",
    }
    return token_response(grant, service.cookie, asked.transport, who)


@in_words
async def _refresh(service: Service, request: Request) -> Response:
    presented = await refresh_input(request.scope, request.receive, service.cookie)
    if presented.transport is Transport.COOKIE:
        service.refuse_cross_site(request.scope)
    try:
        if presented.token is None:
            raise RefreshInvalidError
        grant = await service.refresh(presented.token)
    except SessionError as error:
        over = presented.transport is Transport.COOKIE and not isinstance(error, RefreshSupersededError)
        cleared = service.cookie.clear_below(request.url.path) if over else ()
        return told(error, realm=realm_of(request.scope, service.realm), cookies=cleared)
    return token_response(grant, service.cookie, presented.transport, {})


@in_words
async def _logout(service: Service, request: Request) -> Response:
    presented = await refresh_input(request.scope, request.receive, service.cookie)
    if presented.transport is Transport.COOKIE:
        service.refuse_cross_site(request.scope)
    await service.logout(presented.token)
    cleared = service.cookie.clear_below(request.url.path) if presented.transport is Transport.COOKIE else ()
    return json_response(200, {"status": "logged out"}, cleared)


async def _me(service: Service, request: Request) -> Response:
    user = await service.current_user((await service.caller(request.scope)).identity)
    body = {
        "user_id": user.user_id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "scopes": sorted(user.scopes),
    }
    return json_response(200, body)


async def _document(service: Service, request: Request) -> Response:
    operations = {place: operation for place, (_, operation) in _ROUTES.items()}
    prefix = whole_path(request.scope).removesuffix("/openapi.json")
    return json_response(200, openapi.document(prefix, operations, cookie_name=service.cookie.name))


_ROUTES: Final[Mapping[tuple[str, str], tuple[Handle, Operation]]] = {
    ("/register", "POST"): (_register, openapi.REGISTER),
    ("/login", "POST"): (_login, openapi.LOGIN),
    ("/refresh", "POST"): (_refresh, openapi.REFRESH),
    ("/logout", "POST"): (_logout, openapi.LOGOUT),
    ("/me", "GET"): (_me, openapi.ME),
    **session_routes.ROUTES,
    **ticket_routes.ROUTES,
    **token_routes.ROUTES,
    **oauth_routes.ROUTES,
    ("/openapi.json", "GET"): (_document, openapi.DOCUMENT),
}


def _answering(find: Callable[[], ServiceSource | None], handle: Handle, operation: Operation) -> Handler:
    async def handler(request: Request) -> Response:
        realm = realm_of(request.scope)
        try:
            source = find()
            if source is None:
                raise UnavailableError("the application of this route is gone")
            service = await source.get()
            realm = realm_of(request.scope, service.realm)
            return await handle(service, request)
        except AuthError as error:
            return problem_response(error, realm=realm)
        except (OSError, MemoryError, NotImplementedError) as error:
            # No entropy, no memory, no file handle: passing, and nothing was issued (F-29).
            return problem_response(
                UnavailableError(f"the system failed: {type(error).__name__}"), realm=realm
            )

    handler.__name__ = operation["operationId"]
    handler.__doc__ = operation["summary"]
    return handler
