"""The auth app: the routes as a Starlette application, to mount under ``/auth`` or to serve alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jwt_auth_asgi.app.endpoints import Endpoint, endpoints
from jwt_auth_asgi.app.exact_routes import ExactRoutes, exact_routes
from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.errors import MethodNotAllowedError, NotFoundError
from jwt_auth_asgi.features.paths import METADATA, PREFIX
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_asgi.guard import OWN, marked
from jwt_auth_asgi.http.paths import inner_path
from jwt_auth_asgi.pages.theme import Theme, theme_of
from jwt_auth_asgi.problems.responses import problem_response
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import AuthError

_READING: Final = ("GET", "HEAD")


def create_app(auth: Auth | None = None, *, pages: Theme | bool = False) -> Starlette:
    """Return the auth app, to be mounted at ``/auth``; ``pages`` adds those of the account.

    Left out, ``auth`` is the process's own, made from the environment at the first request. Mounted,
    everything is made as it is needed; served alone, start-up checks the stores and shutdown
    closes them.
    """
    return _starlette(ServiceSource(auth), "", pages=pages)


def create_standalone(auth: Auth | None = None, *, pages: Theme | bool = False) -> Starlette:
    """Return an application of its own that has the auth app under ``/auth``."""
    return _starlette(ServiceSource(auth), PREFIX, pages=pages)


def host_pages(auth: Auth | None, prefix: str) -> App:
    """Return what a host has of the pages at its own root."""
    from jwt_auth_asgi.pages.well_known import HostPages  # noqa: PLC0415 - forty modules that most do without

    return HostPages(auth, prefix)


class HostMetadata:
    """The metadata of an auth app where clients look for them: outside of it, at the root of the host.

    A class because Starlette takes whatever is no function for an application.
    """

    def __init__(self, auth: Auth | ServiceSource | None, prefix: str) -> None:
        marked(self, OWN)
        self._path = METADATA.path + prefix
        self._source = auth if isinstance(auth, ServiceSource) else ServiceSource(auth)
        self._handler = _metadata_of(endpoints(self._source)).handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at the one path; anything else is nothing of ours."""
        response = await self._answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if inner_path(request.scope) != self._path:
            return problem_response(NotFoundError())
        if request.method not in _READING:
            return problem_response(MethodNotAllowedError(_READING))
        return await self._handler(request)


class _Route(Route):
    """Keeps the service, which its handler holds weakly; so whoever takes single routes has it, too.

    A method that is not its own is answered with those of every route of the path.
    """

    def __init__(self, source: ServiceSource, path: str, one: Endpoint) -> None:
        super().__init__(path, one.handler, methods=[one.method], name=one.name)
        self.source = source
        self._allow = one.allow

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in (self.methods or ()):
            await super().handle(scope, receive, send)
        else:
            await problem_response(MethodNotAllowedError(self._allow))(scope, receive, send)


def _pages(source: ServiceSource, prefix: str, *, pages: Theme | bool) -> list[Route]:
    theme = theme_of(pages=pages)
    if theme is None:
        return []
    # Pages are forty modules, which whoever has none does without.
    from jwt_auth_asgi.pages.site import page_parts  # noqa: PLC0415
    from jwt_auth_asgi.pages.well_known import host_parts  # noqa: PLC0415

    below = [Route(prefix + part.path, part.app) for part in page_parts(source, theme)]
    outside = [Route(part.path, part.app) for part in host_parts(source, prefix)] if prefix else []
    return [*below, *outside]


def _starlette(source: ServiceSource, prefix: str, *, pages: Theme | bool) -> Starlette:
    made = endpoints(source)
    routes = [(_Route(source, prefix + endpoint.path, endpoint), endpoint) for endpoint in made]
    outside = [_Route(source, METADATA.path + prefix, _metadata_of(made))] if prefix else []
    handlers: dict[Any, Any] = {404: _not_found, 405: _method_not_allowed, Exception: _fault}
    app = Starlette(
        routes=[*(route for route, _ in routes), *outside, *_pages(source, prefix, pages=pages)],
        middleware=[Middleware(ExactRoutes, routes=exact_routes(routes))],
        exception_handlers=handlers,
        lifespan=lambda _app: source.running(),
    )
    # A redirect to the path without the slash would repeat the credentials there; it is no route.
    app.router.redirect_slashes = False
    return app


def _metadata_of(made: Iterable[Endpoint]) -> Endpoint:
    return next(one for one in made if one.path == METADATA.path)


async def _not_found(_request: Request, _error: HTTPException) -> Response:
    return problem_response(NotFoundError())


async def _method_not_allowed(_request: Request, error: HTTPException) -> Response:
    allowed = (error.headers or {}).get("Allow", "")
    return problem_response(MethodNotAllowedError(name.strip() for name in allowed.split(",")))


async def _fault(_request: Request, _error: Exception) -> Response:
    # Starlette raises the error again once this is sent, so that the server logs it.
    return problem_response(AuthError("unexpected error"))
