"""What answers ahead of a guard: code of a route's own that runs first, and need not go on to ask it.

A kind of route that handles requests by itself, a class-based endpoint that dispatches by itself, a hook of
Litestar's. Nobody can read what they do, so such a guard is tried as well.
"""

from __future__ import annotations

from typing import Any, Final, cast

_HANDLING: Final = ("__call__", "handle", "get_route_handler")
_DISPATCHING: Final = ("__await__", "dispatch")
_KNOWN: Final = frozenset({"fastapi", "jwt_auth_asgi", "jwt_auth_fastapi", "starlette"})


def ahead_of_route(route: Any) -> str:
    """Return which method of a route's own is called before all that guards it; empty for none."""
    # What FastAPI includes stands for the route that it was made of.
    made_of: object = getattr(route, "original_route", route)
    return _own(type(made_of), _HANDLING)


def ahead_of_methods(endpoint: Any) -> str:
    """Return what a class-based endpoint calls its methods by, where that is its own; empty for none."""
    return _own(cast("type[object]", endpoint), _DISPATCHING) if isinstance(endpoint, type) else ""


def ahead_of_handler(handler: Any) -> str:
    """Return the hook that Litestar calls between a handler's guards and its function; empty for none."""
    resolve = getattr(handler, "resolve_before_request", None)
    return "its before_request" if resolve is not None and resolve() is not None else ""


def _own(kind: type[object], names: tuple[str, ...]) -> str:
    for one in kind.__mro__:
        found = next((name for name in names if name in vars(one)), None)
        if found is not None:
            is_known = one is object or one.__module__.partition(".")[0] in _KNOWN
            return "" if is_known else f"{one.__qualname__.rpartition('.')[2]}.{found}"
    return ""
