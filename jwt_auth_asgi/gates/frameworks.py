"""How an endpoint of each framework refuses its caller: by the exception it knows, or by a problem document.

Whose request it is, the request itself says, or the application that the framework put into the scope.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, NoReturn

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_asgi.problems.problem import Problem, problem_of
from jwt_auth_asgi.problems.rate_limited_log import RateLimitedLog
from jwt_auth_asgi.websockets.refusal import send_refusal
from jwt_auth_core.errors import AuthError

FRAMEWORKS: Final = ("starlette", "litestar", "quart", "django")
SENDING: Final = ("starlette", "litestar")
"""Whose websockets speak ASGI."""

REFUSED: Final = "jwt_auth_refused"
_FAULTS: Final = RateLimitedLog()


def refuse(
    error: AuthError, connection: object | None, scope: Scope, endpoint: object | None = None
) -> object:
    """Return what a framework's *endpoint* answers to refuse a caller, or raise what it takes for that.

    Raises:
        AuthError: the error itself, where the framework is none of those that are known.
    """
    return _by("refuse", error, connection, scope, endpoint)


def document(error: AuthError, connection: object | None, scope: Scope) -> object:
    """Return the problem document as what a framework's endpoint answers with; raises as `refuse`."""
    return _by("document", error, connection, scope)


async def answer(error: AuthError, connection: object | None, scope: Scope) -> object:
    """Do the same; a websocket, and an endpoint of a class that sends by itself, answers at once."""
    is_socket = scope["type"] == "websocket" and name_of(connection) in SENDING
    if is_socket or sends(connection):
        sending: Any = connection
        await send_refusal(problem(error, scope), scope, sending.receive, sending.send)
        return None
    return document(error, connection, scope)


def sends(connection: object | None) -> bool:
    """Tell whether it is an endpoint of one of Starlette's classes, which answers by itself."""
    return hasattr(connection, "dispatch") and hasattr(connection, "send")


def problem(error: AuthError, scope: Scope) -> Problem:
    """Return the problem of an error; log what is an operator's to mend."""
    made = problem_of(error, realm=realm_of(scope))
    if made.status >= 500:  # noqa: PLR2004 - the fault is the server's
        _FAULTS.note(error)
    return made


def raise_refusal(error: AuthError, connection: object | None, scope: Scope) -> NoReturn:
    """Refuse within an endpoint: raise what its framework takes for that.

    Raises:
        AuthError: where the framework answers by what a view returns, or is none that is known: marked, so
            that a guard around the endpoint answers for it.
    """
    setattr(error, REFUSED, True)
    name = _framework(connection, scope)
    if name == "django":
        raise _driver(name).denied(error)
    refuse(error, connection, scope)
    raise AssertionError  # pragma: no cover - each of the others raises


def for_fastapi(annotation: object) -> object:
    """Return the annotation of a parameter that FastAPI fills, and nobody else."""
    return _driver("litestar").left_out(annotation) if "litestar" in sys.modules else annotation


def is_refused(error: AuthError) -> bool:
    """Tell whether an error is of `raise_refusal`, and not one of the application's own."""
    return getattr(error, REFUSED, False)


def _by(verb: str, error: AuthError, connection: object | None, scope: Scope, *endpoint: object) -> object:
    name = _framework(connection, scope)
    if name is None:
        raise error
    act: Callable[..., object] = getattr(_driver(name), verb)
    return act(problem(error, scope), scope, *endpoint)


def _driver(name: str) -> Any:
    return import_module(f"jwt_auth_asgi.gates.{name}")


def _framework(connection: object | None, scope: Scope) -> str | None:
    name = name_of(connection if connection is not None else scope.get("app"))
    if name is None and "quart" in sys.modules and _driver("quart").is_serving():
        return "quart"  # which leaves no trace of itself in a scope
    return name


def name_of(thing: object) -> str | None:
    """Return the framework of a request or an application, by the classes that it is one of."""
    roots = {one.__module__.partition(".")[0] for one in type(thing).__mro__}
    return next((name for name in FRAMEWORKS if name in roots), None)
