"""An endpoint and its guard: the guard sees the request first, and the endpoint only what passes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from jwt_auth_asgi.asgi import Receive, Scope, Send
from jwt_auth_asgi.guard import Guard, marked
from jwt_auth_asgi.guards import frameworks
from jwt_auth_asgi.identity.current import CURRENT
from jwt_auth_asgi.identity.identity import MissingMiddlewareError
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_asgi.problems.problem import problem_of
from jwt_auth_asgi.websockets.refusal import send_refusal
from jwt_auth_core.errors import AuthError

Check = Callable[[Scope], AuthError | None]
"""Says why a request is refused; None when it is not."""

_DISPATCH: Final = ("dispatch", "dispatch_request")  # of Starlette and Django; of Quart
_ASGI: Final = 3  # scope, receive, send


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is looked at before an endpoint, and what that says of itself."""

    check: Check
    guard: Guard

    def around(self, endpoint: object) -> object:
        """Return the endpoint behind its guard, as what it was: a function, a class, an ASGI callable.

        Raises:
            TypeError: it is none of them.
        """
        if isinstance(endpoint, type):
            return self._around_class(endpoint)
        function = cast("Callable[..., Any]", endpoint)
        if isinstance(endpoint, staticmethod | classmethod) or not callable(endpoint):
            raise _not_guardable(function)
        if not (inspect.isroutine(endpoint) or isinstance(endpoint, functools.partial)):
            return marked(GuardedApp(self.check, function), self.guard)
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise _not_guardable(function)
        if inspect.iscoroutinefunction(function):
            return self._around_coroutine(function)
        return self._around_function(function)

    def _around_class(self, endpoint: type) -> type:
        names = [name for name in (*_DISPATCH, "__call__") if callable(getattr(endpoint, name, None))]
        if not names or (names[0] == "__call__" and "__call__" not in vars(endpoint)):
            raise _not_guardable(endpoint)
        setattr(endpoint, names[0], self.around(getattr(endpoint, names[0])))
        return marked(endpoint, self.guard)

    def _around_coroutine(self, endpoint: Callable[..., Awaitable[object]]) -> object:
        @functools.wraps(endpoint)
        async def guarded(*arguments: Any, **named: Any) -> object:
            asgi = _asgi(arguments)
            if asgi is not None:
                return await serve(self.check, lambda *_: endpoint(*arguments, **named), *asgi)
            connection, scope = _connection((*arguments, *named.values()))
            error = self.check(scope)
            if error is None:
                try:
                    return await endpoint(*arguments, **named)
                except AuthError as raised:
                    error = _refused_within(raised)
            return frameworks.refuse(error, connection, scope)

        return marked(guarded, self.guard)

    def _around_function(self, endpoint: Callable[..., object]) -> object:
        @functools.wraps(endpoint)
        def guarded(*arguments: Any, **named: Any) -> object:
            connection, scope = _connection((*arguments, *named.values()))
            error = self.check(scope)
            if error is None:
                try:
                    return endpoint(*arguments, **named)
                except AuthError as raised:
                    error = _refused_within(raised)
            return frameworks.refuse(error, connection, scope)

        return marked(guarded, self.guard)


class GuardedApp:
    """An ASGI callable behind its guard; a class because Starlette takes functions for something else.

    ``app`` is what is guarded, as middleware names it.
    """

    def __init__(self, check: Check, app: Callable[..., Awaitable[object]]) -> None:
        self.app = app
        self._check = check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application, or refuse."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        else:
            await serve(self._check, self.app, scope, receive, send)


async def serve(
    check: Check, app: Callable[..., Awaitable[object]], scope: Scope, receive: Receive, send: Send
) -> object:
    """Call an ASGI application, or refuse: before it is called, or as it says itself by `authorize`."""
    error = check(scope)
    if error is None:
        try:
            return await app(scope, receive, send)
        except AuthError as raised:
            error = _refused_within(raised)
    await refuse(error, scope, receive, send)
    return None


def _refused_within(error: AuthError) -> AuthError:
    """Return the error by which an endpoint refuses its caller; raise it where it is of another kind."""
    if frameworks.is_refused(error):
        return error
    raise error


async def refuse(error: AuthError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with a problem document, a websocket before it is accepted."""
    await send_refusal(problem_of(error, realm=realm_of(scope)), scope, receive, send)


def _asgi(arguments: tuple[Any, ...]) -> tuple[Scope, Receive, Send] | None:
    """Return the arguments of an ASGI call, a method's without its self; None when it is none."""
    last = arguments[-_ASGI:]
    is_asgi = len(last) == _ASGI and isinstance(last[0], Mapping) and "type" in last[0]
    return cast("tuple[Scope, Receive, Send]", last) if is_asgi else None


def _connection(arguments: Iterable[object]) -> tuple[object | None, Scope]:
    """Return a framework's request among the arguments, and its scope; else the one being served.

    What the client sent may have a ``scope``, too, and is nobody's request.
    """
    for argument in arguments:
        scope: object = getattr(argument, "scope", None) if frameworks.name_of(argument) else None
        if isinstance(scope, Mapping) and "type" in scope:
            return argument, cast("Scope", scope)
    current = CURRENT.get()
    if current is None:
        raise MissingMiddlewareError
    return None, current


def _not_guardable(endpoint: object) -> TypeError:
    return TypeError(
        f"{endpoint!r} cannot be guarded: a function, a class with dispatch or an ASGI callable can; "
        "of a class without, guard its methods, and put @staticmethod above"
    )
