"""What the routes of an admin's changes share: who asks, what the path names, and from where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from starlette.requests import Request

from jwt_auth_asgi.features.service import Service

R = TypeVar("R")


async def changed(service: Service, request: Request, change: Callable[..., R], *names: str) -> R:
    """Make a change of the caller's to what these parameters of the path name; return what came of it.

    Raises whatever the caller is refused by, and whatever the use case raises.
    """
    caller = await service.caller(request.scope)
    named: list[Any] = [request.path_params[name] for name in names]
    return await service.run(change, caller.claims, *named, service.client(request.scope))
