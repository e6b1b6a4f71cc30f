"""assert_all_protected: the one line that finds the route which somebody forgot to guard."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable
from typing import Any

from jwt_auth_asgi.testing.examination import CALLED, Examination, Finding, examine
from jwt_auth_asgi.testing.headers import SomeAuth
from jwt_auth_asgi.testing.table import table


class UnknownRoutesWarning(UserWarning):
    """Says of which routes nobody knows whether they are guarded."""


def assert_all_protected(
    app: Any, auth: SomeAuth = None, *, except_: Collection[str] = (), call: Collection[str] = CALLED
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

    Raises:
        AssertionError: with a table of what answered strangers.
        TypeError: one text in place of several paths or methods.
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    found = examine(app, auth, except_=except_, call=call)
    if found.open:
        raise AssertionError(_failure(found))
    if found.unknown:
        warnings.warn(UnknownRoutesWarning(_doubts(found)), stacklevel=2)
    return found


def _failure(found: Examination) -> str:
    parts = [
        f"{_count(found.open)} of {len(found.findings)} let strangers in:",
        table(found.open),
        f"guard them, or name what is open on purpose: except_={_exceptions(found.open)}",
    ]
    if found.unknown:
        parts.append(_doubts(found))
    return "\n\n".join(parts)


def _doubts(found: Examination) -> str:
    advice = "name their methods in call= where calling does no harm, or their paths in except_="
    parts = [f"nobody knows whether {_count(found.unknown)} let strangers in; {advice}", table(found.unknown)]
    if found.unused:
        parts.append(f"no route has what except_= names: {', '.join(found.unused)}")
    return "\n\n".join(parts)


def _count(findings: Collection[Finding]) -> str:
    return f"{len(findings)} route{'s' if len(findings) > 1 else ''}"


def _exceptions(findings: Iterable[Finding]) -> str:
    return "{" + ", ".join(f'"{path}"' for path in dict.fromkeys(one.route.path for one in findings)) + "}"
