"""assert_all_protected: the one line that finds the route which somebody forgot to guard."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from jwt_auth_asgi.testing.examination import CALLED, Examination, Finding, examine
from jwt_auth_asgi.testing.headers import SomeAuth
from jwt_auth_asgi.testing.table import table
from jwt_auth_asgi.testing.values import NO_VALUES, GivenValues


class UnknownRoutesWarning(UserWarning):
    """Says of which routes nobody knows whether they are guarded."""


def assert_all_protected(
    app: Any,
    auth: SomeAuth = None,
    *,
    except_: Collection[str] = (),
    call: Collection[str] = CALLED,
    values: GivenValues = NO_VALUES,
) -> Examination:
    """Fail when a route of *app* answers callers without credentials, with a bad or with an expired token.

    Every route is looked at: of Starlette, FastAPI and Litestar, with all that is mounted, included and
    hosted there. What our guards protect is read from the routes and not called. The rest is called with
    the methods of *call*, and answers with 2xx, 3xx or 5xx when a guard was forgotten; a websocket must be
    refused before it is accepted. Routes of other methods, and such as answer neither yes nor no, are
    ``unknown`` in what is returned, and named in an `UnknownRoutesWarning`.

    *except_* are the paths that are open on purpose, as the application writes them: ``/items/{item_id}``,
    ``GET /items/{item_id}`` for one method, ``/docs/*`` for all below. *app* is the outermost application
    that is served, its middleware around it. It is not started: a lifespan is the test's to run. Without an
    *auth* that of the application's own middleware signs the tokens.

    *values* are what to call with in the place of harmless values: ``{"item_id": [1, 2]}`` for the parameters
    of a name, ``{"/items/{item_id}": ["/items/1"]}`` for a path. Each is tried, the first values of all in
    one call, then the second ones; the route is open where one of them lets a stranger in.

    Raises:
        AssertionError: with a table of what answered strangers, or with what except_ and values name and no
            route has.
        TypeError: one text in place of several paths or methods, or one value in place of several.
        ValueError: no values.
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    found = examine(app, auth, except_=except_, call=call, values=values)
    if found.open or found.unused or found.unused_values:
        raise AssertionError(_failure(found))
    if found.unknown:
        warnings.warn(UnknownRoutesWarning(_doubts(found)), stacklevel=2)
    return found


def _failure(found: Examination) -> str:
    parts: list[str] = []
    if found.open:
        parts = [
            f"{_count(found.open)} of {len(found.findings)} let strangers in:",
            table(found.open),
            f"guard them, or name what is open on purpose: except_={_exceptions(found.open)}",
        ]
    parts.extend(mistakes(found, except_="except_=", values="values="))
    if found.unknown:
        parts.append(_doubts(found))
    return "\n\n".join(parts)


def _doubts(found: Examination) -> str:
    advice = (
        "name their methods in call= where calling does no harm, values of their parameters in values=, "
        "or their paths in except_="
    )
    return "\n\n".join(
        [f"nobody knows whether {_count(found.unknown)} let strangers in; {advice}", table(found.unknown)]
    )


def mistakes(found: Examination, *, except_: str, values: str) -> Iterator[str]:
    """Yield what was named that no route has, in words; the arguments are what named it."""
    if found.unused:
        yield f"no route has what {except_} names: {', '.join(found.unused)}"
    if found.unused_values:
        yield f"no path has a parameter that {values} names: {', '.join(found.unused_values)}"


def _count(findings: Collection[Finding]) -> str:
    return f"{len(findings)} route{'s' if len(findings) > 1 else ''}"


def _exceptions(findings: Iterable[Finding]) -> str:
    return "{" + ", ".join(f'"{path}"' for path in dict.fromkeys(one.route.path for one in findings)) + "}"
