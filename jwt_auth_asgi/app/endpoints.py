"""The endpoints: the routes of all features on one service, for any framework on Starlette to mount.

Errors become problems here, so that the answers do not depend on the framework around them.
"""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable
from functools import cache, partial
from inspect import Parameter, Signature
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.app import openapi
from jwt_auth_asgi.features import (
    account,
    admin,
    api_keys,
    email,
    email_login,
    factors,
    health,
    identities,
    oauth,
    passkeys,
    password,
    paths,
    sessions,
    tickets,
    verification,
)
from jwt_auth_asgi.features.feature import FeatureRoute, Handle
from jwt_auth_asgi.features.operations import Operation
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_asgi.guard import OWN, marked
from jwt_auth_asgi.http.paths import whole_path
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_asgi.problems.responses import error_type, json_response, problem_response
from jwt_auth_asgi.telemetry.watch import watch
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import AuthError, UnavailableError
from jwt_auth_core.records import dataclass

FEATURES: Final = (
    account.FEATURE,
    password.FEATURE,
    verification.FEATURE,
    sessions.FEATURE,
    email_login.FEATURE,
    email.FEATURE,
    factors.FEATURE,
    tickets.FEATURE,
    passkeys.FEATURE,
    admin.FEATURE,
    identities.FEATURE,
    api_keys.FEATURE,
    oauth.FEATURE,
    health.FEATURE,
)
"""What the auth app can do; a new capability is one more here."""

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route: ``path`` below the mount point, and its OpenAPI operation as data.

    ``allow`` has the methods of all routes of the path, for whoever is answered 405.
    """

    path: str
    method: str
    name: str
    handler: Handler
    operation: Operation
    allow: frozenset[str]


def endpoints(auth: Auth | ServiceSource | None = None) -> list[Endpoint]:
    """Return the routes of the auth app, all on one service.

    ``auth`` may be left out: the process's own is then made at the first request. A `ServiceSource`
    in its place lets the caller check and close what the routes use; the caller keeps it as well, for
    the handlers hold it weakly: frameworks remember handlers longer than applications.
    """
    find = weakref.ref(auth) if isinstance(auth, ServiceSource) else partial(_same, ServiceSource(auth))
    return [_endpoint(find, route) for route in (*_ROUTES, _DOCUMENT)]


def _same(source: ServiceSource) -> ServiceSource:
    return source


def _endpoint(find: Callable[[], ServiceSource | None], route: FeatureRoute) -> Endpoint:
    handler, at = _answering(find, route.handle, route.operation), route.at
    name = route.operation["operationId"]
    return Endpoint(at.path, at.method, name, handler, route.operation, _methods_of(at.path))


@cache
def _methods_of(path: str) -> frozenset[str]:
    methods = {one.at.method for one in (*_ROUTES, _DOCUMENT) if one.at.path == path}
    return frozenset({*methods, "HEAD"} if "GET" in methods else methods)


def _answering(find: Callable[[], ServiceSource | None], handle: Handle, operation: Operation) -> Handler:
    name: str = operation["operationId"]

    async def handler(request: Request) -> Response:
        with watch(name) as watched:
            realm = realm_of(request.scope)
            try:
                source = find()
                if source is None:
                    raise UnavailableError("the application of this route is gone")
                service = await source.get()
                realm = realm_of(request.scope, service.realm)
                response = await handle(service, request)
            except AuthError as error:
                response = problem_response(error, realm=realm)
            except (OSError, MemoryError, NotImplementedError) as error:
                # No entropy, no memory, no file handle: passing, and nothing was issued (F-29).
                unavailable = UnavailableError(f"the system failed: {type(error).__name__}")
                response = problem_response(unavailable, realm=realm)
            watched.answered(response.status_code, error_type(response))
            return response

    handler.__name__ = name
    handler.__doc__ = operation["summary"]
    handler.__signature__ = _SIGNATURE  # type: ignore[attr-defined] # where inspect looks
    return marked(handler, OWN)


# Frameworks would evaluate the annotations of each handler anew, for each application.
_SIGNATURE: Final = Signature(
    [Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)], return_annotation=Response
)


async def _document(service: Service, request: Request) -> Response:
    operations = {(one.at.path, one.at.method): one.operation for one in (*_ROUTES, _DOCUMENT)}
    prefix = whole_path(request.scope).removesuffix(_DOCUMENT.at.path)
    return json_response(200, openapi.document(prefix, operations, cookie_name=service.cookie.name))


# Where a middleware has `public=`, the document is no more public than the application says.
_DOCUMENT: Final = FeatureRoute(paths.RoutePath("/openapi.json", "GET"), _document, openapi.DOCUMENT)
_ROUTES: Final = sorted(
    (route for feature in FEATURES for route in feature.routes), key=lambda route: paths.ALL.index(route.at)
)
