"""The auth app's routes as a FastAPI router: the same handlers, shown in the same OpenAPI operations."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, NoReturn

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.routing import Match, Route, compile_path
from starlette.types import Receive, Scope, Send

from jwt_auth_asgi.app.auth_app import HostMetadata
from jwt_auth_asgi.app.endpoints import Endpoint, endpoints
from jwt_auth_asgi.app.openapi import security_schemes
from jwt_auth_asgi.errors import MethodNotAllowedError, NotFoundError
from jwt_auth_asgi.features.operations import COOKIE, PASSWORD_FLOW, Operation
from jwt_auth_asgi.features.paths import METADATA, PREFIX
from jwt_auth_asgi.features.service_source import ServiceSource
from jwt_auth_asgi.guard import OWN, marked
from jwt_auth_asgi.pages.theme import Theme, theme_of
from jwt_auth_asgi.problems.responses import problem_response
from jwt_auth_core.auth import Auth
from jwt_auth_fastapi.schemes import CookieShown, RouterFlow, Scheme, Shown

_UNSLASHED: Final = "unslashed"
_SLASHED: Final = f"/{{{_UNSLASHED}:path}}/"
_OURS: Final = [compile_path(endpoint.path)[0] for endpoint in endpoints()]
_ALLOW: Final = {endpoint.name: endpoint.allow for endpoint in endpoints()}


class _AuthRouter:
    """Makes the router; a class so that who forgets to call it is told so."""

    def __call__(
        self, auth: Auth | None = None, *, prefix: str = PREFIX, pages: Theme | bool = False
    ) -> APIRouter:
        """Return the documented routes, for ``app.include_router(auth_router(auth))``.

        Left out, ``auth`` is the process's own, made from the environment when the application starts.
        Start-up checks the stores; shutdown ends the router's threads and leaves ``auth`` open, which is
        yours to close. Under a ``prefix`` of your own, name every path of
        ``jwt_auth_asgi.bearer.CREDENTIAL_PATHS`` with that prefix to the middleware (``exempt=``).
        ``pages`` adds those of the account: True, or a `Theme` that says how they look.
        """
        source = ServiceSource(auth)

        def lifespan(_app: object) -> AbstractAsyncContextManager[None]:
            return source.hosted()

        class Owning(_Route):
            """Keeps the service, which its handler holds weakly: including copies routes by their class."""

            service_source = source

        router = APIRouter(
            prefix=prefix, route_class=Owning, lifespan=lifespan, default_response_class=Response
        )
        flow = RouterFlow()
        schemes: dict[str, Scheme] = {
            name: Shown(name, model) for name, model in security_schemes(prefix).items()
        }
        schemes |= {PASSWORD_FLOW: flow, COOKIE: CookieShown(source.cookie_name)}
        for endpoint in endpoints(source):
            _add(router, endpoint, [schemes[name] for name in _names(endpoint.operation)])
        _add_slashed(router, flow)
        # Clients look at the root of the host (RFC 8414); under a further prefix it is out of our reach.
        router.routes.append(
            Route(METADATA.path + prefix, HostMetadata(source, prefix), include_in_schema=False)
        )
        _add_pages(router, source, prefix, theme_of(pages=pages))
        return router

    def __getattr__(self, name: str) -> NoReturn:
        if hasattr(APIRouter(), name):  # whoever takes it for a router
            raise TypeError(
                "auth_router makes the router when it is called: app.include_router(auth_router())"
            )
        raise AttributeError(name)


auth_router: Final = _AuthRouter()


class _Route(APIRoute):
    """Refuses a method with a problem, like the auth app; a class because FastAPI asks for one."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        methods = self.methods or set()
        if scope["method"] in methods:
            await super().handle(scope, receive, send)
            return
        await problem_response(MethodNotAllowedError(_ALLOW[self.name]))(scope, receive, send)


class _Slashed(APIRoute):
    """A path of ours with a slash behind it is no route: FastAPI would redirect the credentials.

    A class because FastAPI asks for one. What else an application has below the prefix is its own.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or not scope["path"].endswith("/"):
            return Match.NONE, {}
        match, found = super().matches(scope)
        if match is Match.NONE or not _is_ours("/" + found["path_params"][_UNSLASHED]):
            return Match.NONE, {}
        return Match.FULL, found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await problem_response(NotFoundError())(scope, receive, send)


def _is_ours(path: str) -> bool:
    return any(pattern.fullmatch(path) for pattern in _OURS)


async def _nothing() -> None:
    """Stand behind a route that never gets this far."""


marked(_nothing, OWN)


def _add(router: APIRouter, endpoint: Endpoint, schemes: Sequence[Scheme]) -> None:
    router.add_api_route(
        endpoint.path,
        endpoint.handler,
        methods=[endpoint.method],
        name=endpoint.name,
        status_code=_success(endpoint.operation),
        dependencies=[Depends(scheme) for scheme in schemes],
        openapi_extra=_extra(endpoint.operation),
    )
    if endpoint.method == "GET":  # as Starlette's routes have it
        router.add_api_route(endpoint.path, endpoint.handler, methods=["HEAD"], include_in_schema=False)


def _add_slashed(router: APIRouter, flow: RouterFlow) -> None:
    def noted(route: APIRoute) -> str:
        # An id is asked for wherever the router is included, under the whole path that it has there.
        prefix = route.path_format.removesuffix(_SLASHED.replace(":path", ""))
        flow.login_url = f"{prefix}/login".removeprefix("/")
        return "slashed" + prefix.replace("/", "_")

    router.add_api_route(
        _SLASHED,
        _nothing,
        methods=["POST"],
        include_in_schema=False,
        route_class_override=_Slashed,
        generate_unique_id_function=noted,
    )


def _add_pages(router: APIRouter, source: ServiceSource, prefix: str, theme: Theme | None) -> None:
    """Add the pages, which are for people and stand in no document."""
    if theme is None:
        return
    # Pages are forty modules, which whoever has none does without.
    from jwt_auth_asgi.pages.site import page_parts  # noqa: PLC0415
    from jwt_auth_asgi.pages.well_known import host_parts  # noqa: PLC0415

    for part in page_parts(source, theme):
        router.routes.append(Route(prefix + part.path, part.app, include_in_schema=False))
    for part in host_parts(source, prefix):
        router.routes.append(Route(part.path, part.app, include_in_schema=False))


def _success(operation: Operation) -> int:
    return min(map(int, operation["responses"]))


def _names(operation: Operation) -> list[str]:
    return [name for choice in operation["security"] for name in choice]


def _extra(operation: Operation) -> Operation:
    """Return what FastAPI does not say by itself; the operation's id follows the application's rule."""
    own = {"operationId": None, "security": [choice for choice in operation["security"] if not choice]}
    return {name: value for name, value in {**operation, **own}.items() if value is not None}
