"""The auth app's routes as a FastAPI router: the same handlers, shown in the same OpenAPI operations."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.openapi.models import SecurityScheme
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from pydantic import TypeAdapter
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from jwt_auth_asgi.answers import refusal
from jwt_auth_asgi.errors import MethodNotAllowedError
from jwt_auth_asgi.openapi import security_schemes
from jwt_auth_asgi.operations import Operation
from jwt_auth_asgi.routes import Endpoint, endpoints
from jwt_auth_asgi.service import ServiceSource
from jwt_auth_core.auth import Auth

_SCHEME: TypeAdapter[SecurityScheme] = TypeAdapter(SecurityScheme)


def auth_router(auth: Auth | None = None, *, prefix: str = "/auth") -> APIRouter:
    """Return the documented routes, for ``app.include_router(auth_router(auth))``.

    Left out, ``auth`` is the process's own, made from the environment when the application starts.
    Start-up checks the stores; shutdown ends the router's threads and leaves ``auth`` open, which is
    yours to close. Under a ``prefix`` of your own, name the four credential routes to the middleware
    as well (``exempt=``).
    """
    source = ServiceSource(auth)

    def lifespan(_app: object) -> AbstractAsyncContextManager[None]:
        return source.hosted()

    router = APIRouter(prefix=prefix, route_class=_Route, lifespan=lifespan, default_response_class=Response)
    schemes = {name: _Shown(name, model) for name, model in security_schemes(prefix).items()}
    for endpoint in endpoints(source):
        _add(router, endpoint, [schemes[name] for name in _names(endpoint.operation)])
    return router


class _Route(APIRoute):
    """Refuses a method with a problem, like the auth app; a class because FastAPI asks for one."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        methods = self.methods or set()
        if scope["method"] in methods:
            await super().handle(scope, receive, send)
            return
        allowed = {*methods, "HEAD"} if "GET" in methods else methods
        await refusal(MethodNotAllowedError(allowed))(scope, receive, send)


class _Shown(SecurityBase):
    """A security scheme of the document, which the handler minds by itself."""

    def __init__(self, name: str, model: dict[str, Any]) -> None:
        self.scheme_name = name
        self.model = _SCHEME.validate_python(model)

    async def __call__(self) -> None:
        """Look at nothing: FastAPI reads the scheme, the handler the request."""


def _add(router: APIRouter, endpoint: Endpoint, schemes: Sequence[_Shown]) -> None:
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


def _success(operation: Operation) -> int:
    return min(map(int, operation["responses"]))


def _names(operation: Operation) -> list[str]:
    return [name for choice in operation["security"] for name in choice]


def _extra(operation: Operation) -> Operation:
    """Return what FastAPI does not say by itself; the operation's id follows the application's rule."""
    own = {"operationId": None, "security": [choice for choice in operation["security"] if not choice]}
    return {name: value for name, value in {**operation, **own}.items() if value is not None}
