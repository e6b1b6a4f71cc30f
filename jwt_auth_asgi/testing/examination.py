"""The examination of an application: what guards each of its routes, read where it can be, else tried.

What cannot be read is called by methods that change nothing, without credentials, with a bad and with an
expired token. Nobody starts the application (no lifespan): a guard refuses before anything is needed.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, replace
from enum import StrEnum
from typing import Any, Final

from jwt_auth_asgi.identity.rules import WEBSOCKET
from jwt_auth_asgi.testing.calls import Answer, call
from jwt_auth_asgi.testing.credentials import SCOPELESS, WITHOUT, credentials
from jwt_auth_asgi.testing.guards import auth_around
from jwt_auth_asgi.testing.headers import SomeAuth
from jwt_auth_asgi.testing.route import SAFE, Route
from jwt_auth_asgi.testing.values import NO_VALUES, GivenValues, rounds_of, unused
from jwt_auth_asgi.testing.walk import START, walk
from jwt_auth_core.records import dataclass

CALLED: Final = SAFE


class State(StrEnum):
    """What was found out about a route."""

    GUARDED = "guarded"
    """Something of ours guards it: that was read."""
    REFUSED = "refused"
    """It was called, and let nobody in."""
    EXCEPTED = "excepted"
    """It is open on purpose; it was not called."""
    OPEN = "open"
    """It was called, and answered strangers; or its response cache does, before its guard: that was read."""
    UNKNOWN = "unknown"
    """Nothing was read, and no call says whether strangers get in."""


_WEIGHT: Final = (State.OPEN, State.UNKNOWN, State.EXCEPTED, State.REFUSED, State.GUARDED)
"""Of what is found by several values, the first of these counts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one route, and how."""

    route: Route
    state: State
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    note: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found out about an application.

    ``unused`` are exceptions that no route has, ``unused_values``
    what values were given for and no path has.
    """

    findings: tuple[Finding, ...]
    unused: tuple[str, ...] = ()
    unused_values: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[Finding, ...]:
        """The routes that answered strangers."""
        return self.having(State.OPEN)

    @property
    def unknown(self) -> tuple[Finding, ...]:
        """The routes of which nobody knows."""
        return self.having(State.UNKNOWN)

    def having(self, *states: State) -> tuple[Finding, ...]:
        """Return what was found to be in one of these states."""
        return tuple(finding for finding in self.findings if finding.state in states)


def examine(
    app: Any,
    auth: SomeAuth = None,
    *,
    except_: Collection[str] = (),
    call: Collection[str] = CALLED,
    values: GivenValues = NO_VALUES,
) -> Examination:
    """Return what guards each route of an application; without an *auth* that of its own middleware signs.

    Raises:
        TypeError: one text in place of several paths or methods, or one value in place of several.
        ValueError: no values.
    """
    if isinstance(except_, str) or isinstance(call, str):
        raise TypeError('except_ and call are collections such as {"/health"}, not one text')
    walks = [list(walk(app, replace(START, values=values))) for values in rounds_of(values)]
    routes = walks[0]
    methods = frozenset(method.upper() for method in call)
    named = [name for name in except_ if any(_is_named(route, name) for route in routes)]
    given = credentials(auth_around(app) if auth is None else auth)

    async def examined() -> list[Finding]:
        return [
            _worst([await _finding(app, route, methods, named, given) for route in dict.fromkeys(rounds)])
            for rounds in zip(*walks, strict=True)
        ]

    unnamed = tuple(sorted(set(except_) - set(named)))
    return Examination(tuple(_run(examined)), unnamed, unused(values, routes))


def _worst(findings: Sequence[Finding]) -> Finding:
    """Return the worst of what was found by several values, and by which."""
    worst = min(findings, key=lambda one: _WEIGHT.index(one.state))
    if len(findings) == 1:
        return worst
    return replace(worst, note=", ".join(filter(None, (worst.note, f"as {worst.route.url}"))))


def _run(work: Any) -> Any:
    """Run a coroutine in a thread of its own: the caller's may have a loop that is running."""
    with ThreadPoolExecutor(1, "jwt-auth-routes") as pool:
        return pool.submit(contextvars.copy_context().run, lambda: asyncio.run(work())).result()


def _is_named(route: Route, name: str) -> bool:
    if name in route.names:
        return True
    folder = name.removesuffix("/*")
    return folder != name and any(text.startswith(folder + "/") for text in route.names)


async def _finding(
    app: Any,
    route: Route,
    methods: Collection[str],
    named: Collection[str],
    given: Mapping[str, Mapping[str, str]],
) -> Finding:
    if any(_is_named(route, name) for name in named):
        return Finding(route, State.EXCEPTED, note=route.note)
    if route.guards and not route.ahead:
        return Finding(route, State.GUARDED, note=route.note)
    if route.shadowed:
        behind = ", ".join(map(str, route.shadowed))
        return Finding(route, State.OPEN, note=f"its response cache answers before {behind} is asked")
    is_called = bool(route.url) and (
        route.method in methods or (route.method == WEBSOCKET and "GET" in methods)
    )
    if route.ahead:
        return await _tried(app, route, given[WITHOUT]) if is_called else _doubted(route, "may answer")
    if not is_called:
        return Finding(route, State.UNKNOWN, note=route.note or "not called")
    # What a caller with a token may do is tried with what changes nothing, whatever else is called.
    kinds = [kind for kind in given if kind != SCOPELESS or route.method in SAFE]
    answers = {kind: await call(app, route, given[kind]) for kind in kinds}
    return _judged(route, answers)


async def _tried(app: Any, route: Route, headers: Mapping[str, str]) -> Finding:
    """Return what one call says of a guard that was read: whoever is served was not refused."""
    answers = {WITHOUT: await call(app, route, headers)}
    if answers[WITHOUT].is_served:
        return replace(_doubted(route, "answers"), state=State.OPEN, answers=answers)
    return Finding(route, State.GUARDED, answers, route.note)


def _doubted(route: Route, does: str) -> Finding:
    behind = ", ".join(map(str, route.guards))
    return Finding(route, State.UNKNOWN, note=f"{route.ahead} {does} before {behind} is asked")


def _judged(route: Route, answers: Mapping[str, Answer]) -> Finding:
    strangers = {kind: answer for kind, answer in answers.items() if kind != SCOPELESS}
    if any(answer.is_open for answer in strangers.values()):
        fault = next((answer.fault for answer in strangers.values() if answer.fault), "")
        return Finding(route, State.OPEN, answers, fault or route.note)
    if strangers[WITHOUT].is_refusal and not route.cached:
        return Finding(route, State.REFUSED, answers, route.note)
    said = f"{strangers[WITHOUT].text} says nothing about callers"
    if route.cached:
        said = "its response cache may answer before what refuses here"
    return Finding(route, State.UNKNOWN, answers, ", ".join(filter(None, (route.note, said))))
