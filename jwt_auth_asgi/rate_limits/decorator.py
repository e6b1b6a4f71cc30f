"""The decorator: ``@rate_limit("10/minute")``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar, overload

from jwt_auth_asgi.gates import frameworks
from jwt_auth_asgi.gates.connection import add_parameter
from jwt_auth_asgi.gates.gated import Gated
from jwt_auth_asgi.identity.current import GUARDS
from jwt_auth_asgi.rate_limits.gate import CONNECTION, Limiting
from jwt_auth_asgi.rate_limits.limit import By, KeepsCount, Limit, rule_name
from jwt_auth_core.records import dataclass

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Puts endpoints and applications behind a limit, each behind one of its own."""

    rates: str
    by: By
    name: str | None
    auth: KeepsCount | None

    @overload
    def __call__(self, endpoint: type[T]) -> type[T]: ...
    @overload
    def __call__(self, endpoint: Callable[P, R]) -> Callable[P, R]: ...
    def __call__(self, endpoint: Any) -> Any:
        """Return the endpoint behind its limit: a function as a function, a class as a class.

        Raises:
            TypeError: it is nothing that can be limited, or has no name and was given none.
            ValueError: the rates or the name read otherwise.
        """
        limit = Limit(self.rates, by=self.by, name=self.name or _name(endpoint), auth=self.auth)
        made = Gated(Limiting(limit), CONNECTION).around(endpoint)
        GUARDS.add("rate_limit")
        if inspect.isfunction(made):
            _show(made)
        return made


def rate_limit(
    rates: str, *, by: By = "address", name: str | None = None, auth: KeepsCount | None = None
) -> RateLimit:
    """Return a decorator that lets a route be called so often, and answers 429 beyond.

    Args:
        rates: ``10/minute``, ``3/hour;10/day``; ``off`` limits nothing.
        by: whom it counts: ``address``, or ``user``, which counts the anonymous by their address.
        name: the rule's name; left out, that of module and function. Routes that bear the same one share it.
        auth: whose store keeps count; left out, that of the `BearerMiddleware` in front.

    It decorates what `require` does: sync and async functions (below the decorator of the route), classes of
    endpoints, and ASGI applications; a websocket is refused before it is accepted.

    Raises:
        ValueError: the rates or the name read otherwise, or there is no such ``by``.
    """
    Limit(rates, by=by, name=name or "rates", auth=auth)  # what is wrong with them is said where they stand
    return RateLimit(rates, by, name, auth)


def _name(endpoint: object) -> str:
    module, qualname = getattr(endpoint, "__module__", None), getattr(endpoint, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(qualname, str):
        kind = type(endpoint).__name__
        msg = f'an application without a name ({kind}): give its limit one, rate_limit(..., name="files")'
        raise TypeError(msg)
    return rule_name(module, qualname)


def _show(function: Callable[..., Any]) -> None:
    """Have FastAPI hand over the request, where it does not already."""
    with suppress(ModuleNotFoundError):
        from starlette.requests import HTTPConnection  # noqa: PLC0415 - where FastAPI is, this is

        kinds = [one.annotation for one in inspect.signature(function).parameters.values()]
        if HTTPConnection in kinds or "HTTPConnection" in kinds:
            return  # FastAPI fills that one, and only that
        annotation = frameworks.for_fastapi(HTTPConnection)
        kind = inspect.Parameter.KEYWORD_ONLY
        add_parameter(function, inspect.Parameter(CONNECTION, kind, annotation=annotation, default=None))
