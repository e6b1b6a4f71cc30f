"""What guards a route, read from the application: our dependencies, and the middleware around it.

Read by the public attributes of the frameworks, and by none of their classes: none need be installed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, cast

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.guard import OWN, Guard, guard_of
from jwt_auth_asgi.testing.beside import held_by
from jwt_auth_asgi.testing.hosts import host_for
from jwt_auth_asgi.testing.route import Place
from jwt_auth_core.default import default_auth


def unwrapped(app: Any, at: Place) -> tuple[Any, Place]:
    """Return the application in its middleware, as far as that shows it as ``app``, and its place there."""
    seen: set[int] = set()
    while not hasattr(app, "routes") and id(app) not in seen:
        seen.add(id(app))
        if isinstance(app, BearerMiddleware):
            at = at.behind(app)
        at = at.asked_by(host_for(app))
        inner = getattr(app, "app", None)
        owner = getattr(app, "__self__", None)
        if hasattr(owner, "routes") and getattr(app, "__name__", "") == "app":
            app = owner  # a router behind middleware of its own is called by its method
        elif callable(inner) and not isinstance(app, type):
            at = replace(at, guards=(*at.guards, *effective(app, at)))
            at = at.with_beside(held_by(app, inner))
            app = inner
    return app, at


def behind_middleware(app: Any, at: Place) -> Place:
    """Return the place behind the middleware that an application or a router has taken in."""
    router = getattr(app, "router", app)
    at = at.asked_by(host_for(app))
    at = behind_listed(listed(getattr(app, "user_middleware", None)), at)
    _, at = unwrapped(getattr(router, "middleware_stack", None), at)
    return replace(at, overrides=at.overrides | frozenset(getattr(app, "dependency_overrides", None) or ()))


def behind_listed(entries: Iterable[Any], at: Place) -> Place:
    """Return the place behind a list of middleware, outermost first."""
    for entry in entries:
        at = _behind(entry, at)
    return at


def auth_around(app: Any) -> Any:
    """Return the auth of the outermost middleware of ours around an application; None where none is seen."""
    inner, at = unwrapped(app, Place())
    at = behind_listed(listed(getattr(inner, "middleware", None)), behind_middleware(inner, at))
    if not at.fences:
        return None
    auth = at.fences[0].middleware.auth
    return default_auth() if auth is None else auth


def listed(found: object) -> list[Any]:
    """Return what a list holds; nothing where it is something else."""
    return list(cast("list[Any]", found)) if isinstance(found, list | tuple) else []


def _behind(entry: Any, at: Place) -> Place:
    kind = getattr(entry, "cls", getattr(entry, "middleware", entry))
    if isinstance(kind, type) and issubclass(kind, BearerMiddleware):
        made = kind(_nothing, *getattr(entry, "args", ()), **getattr(entry, "kwargs", {}))
        return at.behind(made)
    return at.asked_by(host_for(entry)).with_beside(held_by(entry))


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    """Stand in for the application: the middleware is only asked what it lets through."""


def guards_of(route: Any, at: Place) -> tuple[Guard, ...]:
    """Return the guards of a route that are its own: on its endpoint, or among its dependencies."""
    own = effective(getattr(route, "endpoint", None), at)
    dependant = getattr(route, "dependant", None)
    if own or dependant is None or not at.fences:
        return own
    return tuple(dependency_guards(dependant, at.overrides))


def effective(thing: object, at: Place) -> tuple[Guard, ...]:
    """Return the guard that a thing is; none without the middleware, for then nobody knows who calls."""
    while isinstance(thing, partial):
        thing = cast("object", thing.func)
    guard = guard_of(thing)
    return () if guard is None or not (at.fences or guard is OWN) else (guard,)


def dependency_guards(dependant: Any, overrides: Collection[object]) -> Iterator[Guard]:
    """Yield the guards among the dependencies of FastAPI, but for those that are overridden."""
    for one in dependant.dependencies:
        if _is_overridden(one, overrides):
            continue
        guard = guard_of(one.call)
        if guard is None:
            yield from dependency_guards(one, overrides)
        else:
            # Older versions have the scopes of Security(...) under the second name.
            asked = getattr(one, "own_oauth_scopes", None) or getattr(one, "security_scopes", None) or ()
            yield Guard(guard.name, guard.scopes or tuple(asked))


def _is_overridden(dependant: Any, overrides: Collection[object]) -> bool:
    """Tell whether a dependency is replaced, or a guard by what it stands on."""
    if dependant.call in overrides:
        return True
    is_guard = guard_of(dependant.call) is not None
    return is_guard and any(_is_overridden(one, overrides) for one in dependant.dependencies)
