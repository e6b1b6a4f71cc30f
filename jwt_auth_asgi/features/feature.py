"""A feature: one capability of the auth app, as the list of its routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi.features.operations import Operation
from jwt_auth_asgi.features.paths import RoutePath
from jwt_auth_asgi.features.service import Service
from jwt_auth_core.records import dataclass

Handle = Callable[[Service, Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class FeatureRoute:
    """One route: where it is and whether it reads the access token, what answers, what documents say."""

    at: RoutePath
    handle: Handle
    operation: Operation


@dataclass(frozen=True, slots=True)
class Feature:
    """A capability by its name, which is also that of its use cases, its command and its page."""

    name: str
    routes: tuple[FeatureRoute, ...]
