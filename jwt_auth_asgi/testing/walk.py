"""The walk through an application: every route of it, of what is mounted in it, and of what it hosts.

Starlette, FastAPI and Litestar are known by what their routes have, not by their classes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from jwt_auth_asgi.guard import guard_of
from jwt_auth_asgi.identity.rules import ANY, WEBSOCKET
from jwt_auth_asgi.testing.ahead import ahead_of_handler, ahead_of_methods, ahead_of_route
from jwt_auth_asgi.testing.guards import (
    behind_listed,
    behind_middleware,
    dependency_guards,
    effective,
    guards_of,
    listed,
    unwrapped,
)
from jwt_auth_asgi.testing.parameters import filled, harmless, kinds_of, query_of
from jwt_auth_asgi.testing.route import SAFE, Place, Route
from jwt_auth_asgi.testing.static_files import directories_in, directories_of, file_in

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY")
START: Final = Place()


def walk(app: Any, at: Place = START) -> Iterator[Route]:
    """Yield the routes of an application, in its own order."""
    app, at = unwrapped(app, replace(at, beside=()))
    if id(app) in at.inside:
        return
    beside = at.beside
    at = replace(at, beside=(), inside=at.inside | {id(app), id(getattr(app, "router", app))})
    directories = directories_of(app)
    if directories is not None:
        yield from _static(directories, at)
    elif _has_routes(app):
        inner = behind_middleware(app, at)
        beside = (*beside, *inner.beside)
        yield from _inside(app, inner)
    else:
        yield from _opaque(app, at, "/*", "/")
    yield from _beside(beside, at.inside)


def _beside(found: Iterable[tuple[Any, Place]], inside: frozenset[int]) -> Iterator[Route]:
    """Yield the routes of applications beside another; what is inside it already is not walked again."""
    seen = set(inside)
    for thing, place in found:
        app, _ = unwrapped(thing, place)
        if _has_routes(app) and id(app) not in seen:
            seen.add(id(app))
            yield from walk(thing, replace(place, inside=place.inside | inside))


def _inside(app: Any, at: Place) -> Iterator[Route]:
    for route in app.routes:
        yield from _routes(route, at)
    router = getattr(app, "router", app)
    for group in _groups(router):
        yield from _routes(group, at)
    default = getattr(router, "default", None)
    if default is not None and getattr(default, "__self__", None) is not router:
        yield from _opaque(default, at, "/*", "/unlikely", "what no route is for")


def _groups(router: Any) -> Iterator[Any]:
    """Yield what a router keeps beside its routes and matches paths with: FastAPI's frontends."""
    for value in getattr(router, "__dict__", {}).values():
        if value is not router.routes:
            yield from (one for one in listed(value) if hasattr(one, "matches") and _has_routes(one))


def _has_routes(thing: Any) -> bool:
    return isinstance(getattr(thing, "routes", None), list)


def _routes(route: Any, at: Place) -> Iterator[Route]:
    if hasattr(route, "effective_route_contexts"):  # a router that FastAPI includes
        yield from _included(route, at)
    elif hasattr(route, "path_components"):
        yield from _litestar(route, at)
    elif hasattr(route, "host") and hasattr(route, "app"):
        host = filled(route.host, route.param_convertors, {}, at.values)
        yield from walk(route.app, replace(at, host=host, path=f"//{route.host}{at.path}"))
    elif hasattr(route, "endpoint") and hasattr(route, "path"):
        yield from _endpoint(route, at)
    elif hasattr(route, "path") and hasattr(route, "app"):
        url = filled(route.path, getattr(route, "param_convertors", {}), {}, at.values)
        yield from walk(route.app, at.below(route.path, url))
    elif _has_routes(route):
        yield from _frontends(route, at)
    else:
        yield at.route(ANY, note=f"a route that cannot be read: {_name(route)}")


def _included(router: Any, at: Place) -> Iterator[Route]:
    for context in router.effective_route_contexts():
        yield from _routes(getattr(context, "starlette_route", None) or context, at)
    # FastAPI 0.137 has no frontends yet; 0.136 and older copy the routes of a router that is included.
    for context in getattr(router, "effective_low_priority_routes", list[Any])():
        if _has_routes(context.original_route):
            below = at.below(context.frontend_prefix, context.frontend_prefix)
            yield from _frontends(context.original_route, below, context)
        else:
            yield from _routes(getattr(context, "starlette_route", None) or context, at)


def _frontends(group: Any, at: Place, context: Any = None) -> Iterator[Route]:
    dependant = getattr(context or group, "dependant", None)
    if dependant is not None and at.fences:
        guards = tuple(dependency_guards(dependant, at.overrides))
        at = replace(at, guards=(*at.guards, *guards))
    for route in group.routes:
        yield from walk(route.app, at.below(route.path, route.path))


def _endpoint(route: Any, at: Place) -> Iterator[Route]:
    ahead, around = ahead_of_route(route), at.guards
    inner, at = unwrapped(getattr(route, "app", None), at)
    if ahead:  # of what the route has put around its endpoint, too
        at = replace(at, guards=around)
    dependant = getattr(route, "dependant", None)
    kinds = {} if dependant is None else kinds_of(dependant)
    url = filled(route.path, route.param_convertors, kinds, at.values)
    make = partial(
        at.route,
        path=route.path,
        url=url,
        query="" if dependant is None else query_of(dependant),
    )
    guards = guards_of(route, at)
    if not hasattr(route, "methods"):
        yield make(WEBSOCKET, guards=guards, ahead=ahead)
        return
    methods = route.methods or _methods_of(route.endpoint)
    before_methods = ahead or ahead_of_methods(route.endpoint)
    for method in sorted(methods, key=_rank):
        if guards:
            yield make(method, guards=guards, ahead=ahead)
        else:
            inside = effective(_function_for(method, route.endpoint), at)
            yield make(method, guards=inside, ahead=before_methods)
    if not methods:
        yield from _opaque(inner, at, route.path, url)


def _methods_of(endpoint: Any) -> set[str]:
    """Return the methods of a class with one function for each; none for any other application."""
    if not isinstance(endpoint, type):
        return set()
    found = {method for method in _METHODS if hasattr(endpoint, method.lower())}
    return found | ({"HEAD"} if "GET" in found else set())


def _function_for(method: str, endpoint: Any) -> object:
    """Return what a class-based endpoint answers a method with."""
    if not isinstance(endpoint, type):
        return None
    names = (method.lower(), "get") if method == "HEAD" else (method.lower(),)
    return next((getattr(endpoint, name) for name in names if hasattr(endpoint, name)), None)


def _rank(method: str) -> int:
    return _METHODS.index(method) if method in _METHODS else len(_METHODS)


def _opaque(app: Any, at: Place, path: str, url: str, what: str = "") -> Iterator[Route]:
    guards = effective(app, at)
    note = "" if guards else what or f"cannot be looked into: {_name(app)}"
    for method in ("GET", "HEAD", ANY):
        yield at.route(method, path, url, guards=guards, note=note)


def _name(thing: Any) -> str:
    named = thing if inspect.isroutine(thing) or isinstance(thing, type) else type(thing)
    return f"{named.__module__}.{named.__qualname__}"


def _static(directories: list[Any], at: Place) -> Iterator[Route]:
    found = file_in(directories)
    url = None if found is None else f"/{found}"
    note = "static files" if found else "static files, of which there are none"
    for method in sorted(SAFE):
        yield at.route(method, "/*", url, note=note)


def _litestar(route: Any, at: Place) -> Iterator[Route]:
    parts = [
        one if isinstance(one, str) else at.values.get(one.name, harmless(one.type))
        for one in route.path_components
    ]
    url = "/" + "/".join(parts)
    handlers = listed(getattr(route, "route_handlers", None)) or [route.route_handler]
    for handler in handlers:
        inner = behind_listed(handler.resolve_middleware(), at)
        found = [getattr(guard, "func", guard) for guard in handler.resolve_guards()]
        before = [one for guard in found for one in effective(guard, inner)]
        inside = effective(getattr(handler.fn, "func", handler.fn), inner)
        others = ", ".join(_name(guard) for guard in found if guard_of(guard) is None)
        if getattr(handler, "cache", False):
            is_sure = not others and _shares_cache(handler)
            inner = replace(inner, shadowed=inside if is_sure else (), cached=not others or bool(inside))
            inside = ()
        note = f"guards of its own: {others}" if others else ""
        hook = ahead_of_handler(handler)
        if not hook:
            before, inside = [*before, *inside], ()
        inner = replace(inner, guards=(*inner.guards, *before), note=note)
        yield from _handled(route, handler, inner, url, partial(inner.route, guards=inside, ahead=hook))


def _shares_cache(handler: Any) -> bool:
    """Tell whether Litestar's response cache answers everybody by what somebody was answered: its keys do."""
    configs = (getattr(layer, "response_cache_config", None) for layer in handler.ownership_layers)
    builders = [handler.cache_key_builder, *(config.key_builder for config in configs if config is not None)]
    return all(one is None or one.__module__.startswith("litestar.") for one in builders)


def _handled(route: Any, handler: Any, at: Place, url: str, make: Callable[..., Route]) -> Iterator[Route]:
    if hasattr(handler, "is_mount"):
        below = at.below(route.path, url)
        yield from walk(handler.fn, below) if handler.is_mount else _opaque(handler.fn, at, route.path, url)
        return
    if not hasattr(handler, "http_methods"):
        yield at.route(WEBSOCKET, route.path, url)
        return
    directories = directories_in(handler.fn)
    if directories is not None:
        name = file_in(directories) or "unlikely"
        url = "/" + "/".join([*url.strip("/").split("/")[:-1], name])
    for method in sorted(handler.http_methods, key=_rank):
        if method != "OPTIONS" or not str(handler.fn.__module__).startswith("litestar."):
            yield make(method, route.path, url)
