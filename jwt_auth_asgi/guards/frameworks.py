"""How each framework hears that its endpoint's caller is refused: by the exception, or answer, it knows.

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
from jwt_auth_core.errors import AuthError

FRAMEWORKS: Final = ("starlette", "litestar", "quart", "django")
REFUSED: Final = "jwt_auth_refused"


def refuse(error: AuthError, connection: object | None, scope: Scope) -> object:
    """Return what a framework's endpoint answers to refuse a caller, or raise what it takes for that.

    Raises:
        AuthError: the error itself, where the framework is none of those that are known.
    """
    name = _framework(connection, scope)
    if name is None:
        raise error
    answer: Callable[[Problem, Scope], object] = _driver(name).refuse
    return answer(problem_of(error, realm=realm_of(scope)), scope)


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


def is_refused(error: AuthError) -> bool:
    """Tell whether an error is of `raise_refusal`, and not one of the application's own."""
    return getattr(error, REFUSED, False)


def _driver(name: str) -> Any:
    return import_module(f"jwt_auth_asgi.guards.{name}")


def _framework(connection: object | None, scope: Scope) -> str | None:
    name = name_of(connection if connection is not None else scope.get("app"))
    if name is None and "quart" in sys.modules and _driver("quart").is_serving():
        return "quart"  # which leaves no trace of itself in a scope
    return name


def name_of(thing: object) -> str | None:
    """Return the framework of a request or an application, by the classes that it is one of."""
    roots = {one.__module__.partition(".")[0] for one in type(thing).__mro__}
    return next((name for name in FRAMEWORKS if name in roots), None)
