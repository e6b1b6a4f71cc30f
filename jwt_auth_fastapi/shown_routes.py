"""The routes of an application of FastAPI that are not hidden, by public attributes: what they depend on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def dependants(app: Any, inside: frozenset[int] = frozenset()) -> Iterator[Any]:
    """Yield what each route of an application depends on, and each of those that are mounted in it."""
    while not hasattr(app, "routes") and hasattr(app, "app") and id(app) not in inside:
        inside |= {id(app)}
        app = app.app
    if id(app) in inside:
        return
    for route in getattr(app, "routes", ()):
        for one in _effective(route):
            dependant = getattr(one, "dependant", None)
            if dependant is None:
                yield from dependants(getattr(one, "app", None), inside | {id(app)})
            elif getattr(one, "include_in_schema", True):
                yield dependant


def _effective(route: Any) -> Iterator[Any]:
    """Yield a route; those of an included router, which newer versions keep as such."""
    if hasattr(route, "effective_route_contexts"):
        yield from route.effective_route_contexts()
    else:
        yield route
