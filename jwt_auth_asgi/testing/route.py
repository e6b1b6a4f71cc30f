"""Route: one way into an application, as the walk found it, and what guards it before anybody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Final

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.guard import Guard
from jwt_auth_asgi.identity.rules import NO_RULES, WEBSOCKET
from jwt_auth_core.records import dataclass

Round = Mapping[str, str]
"""What stands in a path for its parameters, by their names; or, by a path, the whole path to call."""

SAFE: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Fence:
    """A `BearerMiddleware` around a part of an application, which stands below ``prefix``."""

    middleware: BearerMiddleware
    prefix: str

    def guards(self, method: str, url: str) -> Iterator[Guard]:
        """Yield what keeps strangers from *url*; nothing where that is left to the application."""
        path, public = url.removeprefix(self.prefix), self.middleware.public
        needed = (self.middleware.rules or NO_RULES).needed(_scope(method, path))
        if needed:
            yield Guard("rules", tuple(sorted(needed)))
        elif public is not None and path not in public and path not in self.middleware.exempt:
            yield Guard("BearerMiddleware")


def _scope(method: str, path: str) -> dict[str, object]:
    kind = "websocket" if method == WEBSOCKET else "http"
    return {"type": kind, "method": method, "path": path}


@dataclass(frozen=True, slots=True)
class Route:
    """A path and a method.

    ``path`` is as the application writes it, ``url`` the same with harmless values in its parameters;
    empty when there is nothing to ask for. ``guards`` refuse strangers, which was read and not tried.
    ``shadowed`` are guards behind a response cache, which answers strangers and asks nobody; ``cached`` says
    that one may do so before whatever refuses here. ``ahead`` is code of the route's own that may
    answer before its guards are asked. ``note`` is what else is to be known. The method of a websocket is
    ``WEBSOCKET``, that of whatever takes requests by methods that it names nowhere ``*``.
    """

    path: str
    method: str
    url: str = ""
    host: str = ""
    query: str = ""
    guards: tuple[Guard, ...] = ()
    note: str = ""
    shadowed: tuple[Guard, ...] = ()
    cached: bool = False
    ahead: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """How an exception names it: with its method, or all methods of its path at once."""
        return self.path, f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an application the walk is, and what stands around that part of it.

    ``overrides`` are the dependencies that a FastAPI application has replaced; ``inside`` the ids of the
    applications around this place, so that one which is mounted in itself is walked once; ``beside`` is what
    wrappers on the way hold beside the application, each with its own place.
    """

    path: str = ""
    url: str = ""
    host: str = ""
    fences: tuple[Fence, ...] = ()
    guards: tuple[Guard, ...] = ()
    overrides: frozenset[object] = frozenset()
    inside: frozenset[int] = frozenset()
    note: str = ""
    shadowed: tuple[Guard, ...] = ()
    cached: bool = False
    beside: tuple[tuple[object, Place], ...] = ()
    values: Round = field(default_factory=dict[str, str])

    def below(self, path: str, url: str) -> Place:
        """Return the place below a path."""
        return replace(self, path=self.path + path.rstrip("/"), url=self.url + url.rstrip("/"))

    def behind(self, middleware: BearerMiddleware) -> Place:
        """Return the same place, behind one more middleware."""
        return replace(self, fences=(*self.fences, Fence(middleware, self.url)))

    def with_beside(self, things: Iterable[object]) -> Place:
        """Return the same place, where a wrapper holds some things beside the application."""
        here = replace(self, beside=())
        return replace(self, beside=(*self.beside, *((one, here) for one in things)))

    def asked_by(self, host: str) -> Place:
        """Return the same place, asked by a host where none is known of from further out."""
        return replace(self, host=self.host or host)

    def route(  # noqa: PLR0913 - what a route has
        self,
        method: str,
        path: str = "",
        url: str | None = None,
        *,
        query: str = "",
        guards: tuple[Guard, ...] = (),
        note: str = "",
        ahead: str = "",
    ) -> Route:
        """Return a route of this place; without a *url* there is nothing to ask for.

        What stands around it is asked before what is *ahead* of its own guards.
        """
        found = self.values.get(f"{method} {self.path}{path}", self.values.get(self.path + path))
        whole = found or ("" if url is None else self.url + url)
        fenced = (one for fence in self.fences for one in fence.guards(method, whole or self.url + path))
        around = [*fenced, *self.guards]
        all_guards = tuple(dict.fromkeys([*around, *guards]))
        text = ", ".join(filter(None, (self.note, note)))
        made = Route(self.path + path, method, whole, self.host, query, all_guards, text)
        return replace(
            made, shadowed=self.shadowed, cached=self.cached, ahead=ahead if guards and not around else ""
        )
