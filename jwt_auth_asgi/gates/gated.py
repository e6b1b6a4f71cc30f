"""An endpoint behind a gate: the gate sees the request first, and the endpoint only what passes.

It stays what it was: a function, a class, an ASGI callable.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from jwt_auth_asgi.asgi import Message, Receive, Scope, Send
from jwt_auth_asgi.gates import frameworks
from jwt_auth_asgi.gates.connection import asgi_of, connection_of
from jwt_auth_asgi.gates.gate import Gate, Lines
from jwt_auth_asgi.guard import Guard, marked
from jwt_auth_asgi.websockets.refusal import send_refusal
from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass

AsgiCallable = Callable[..., Awaitable[object]]

_DISPATCH: Final = ("dispatch", "dispatch_request")  # of Starlette and Django; of Quart


@dataclass(frozen=True, slots=True)
class Gated:
    """Puts endpoints behind a gate.

    Attributes:
        gate: what is asked.
        parameter: the one of ours by which FastAPI hands over the request, or learns of scopes.
        guard: what the endpoint says of itself from then on, where the gate keeps strangers out.
    """

    gate: Gate
    parameter: str
    guard: Guard | None = None

    def around(self, endpoint: object) -> object:
        """Return the endpoint behind the gate.

        Raises:
            TypeError: it is nothing that a gate can stand before.
        """
        made = self._around(endpoint)
        return made if self.guard is None else marked(made, self.guard)

    def _around(self, endpoint: object) -> object:
        if isinstance(endpoint, type):
            return self._around_class(endpoint)
        function = cast("Callable[..., Any]", endpoint)
        if isinstance(endpoint, staticmethod | classmethod) or not callable(endpoint):
            raise _not_gateable(function)
        if not (inspect.isroutine(endpoint) or isinstance(endpoint, functools.partial)):
            return GatedApp(self.gate, function)
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise _generating(function)
        if inspect.iscoroutinefunction(function):
            return self._around_coroutine(function)
        return self._around_function(function)

    def _around_class(self, endpoint: type) -> type:
        """Return a subclass: the class itself may be in use without a gate."""
        name = next((one for one in _DISPATCH if callable(getattr(endpoint, one, None))), "__call__")
        if name == "__call__" and not any(name in vars(one) for one in endpoint.__mro__):
            raise _not_gateable(endpoint)
        members = {
            name: self._around(getattr(endpoint, name)),
            **{one: getattr(endpoint, one) for one in ("__doc__", "__module__", "__qualname__")},
        }
        return types.new_class(endpoint.__name__, (endpoint,), exec_body=lambda body: body.update(members))

    def _around_coroutine(self, endpoint: AsgiCallable) -> object:
        @functools.wraps(endpoint)
        async def gated(*arguments: Any, **named: Any) -> object:
            asgi = asgi_of(arguments)
            if asgi is not None:
                before = arguments[: -len(asgi)]
                return await serve(self.gate, lambda *own: endpoint(*before, *own, **named), *asgi)
            connection, scope = self._request(endpoint, arguments, named)
            try:
                lines = await self.gate.enter(scope)
            except AuthError as refused:
                error = refused
            else:
                try:
                    _tell_ahead(connection, lines)
                    return _told(await endpoint(*arguments, **named), lines)
                except AuthError as raised:
                    error = _refused_within(raised)
            if self.gate.is_problem:
                return await frameworks.answer(error, connection, scope)
            return frameworks.refuse(error, connection, scope, gated)

        return gated

    def _around_function(self, endpoint: Callable[..., object]) -> object:
        @functools.wraps(endpoint)
        def gated(*arguments: Any, **named: Any) -> object:
            connection, scope = self._request(endpoint, arguments, named)
            try:
                lines = self.gate.enter_in_thread(scope)
            except AuthError as refused:
                error = refused
            else:
                try:
                    return _told(endpoint(*arguments, **named), lines)
                except AuthError as raised:
                    error = _refused_within(raised)
            if self.gate.is_problem:
                return frameworks.document(error, connection, scope)
            return frameworks.refuse(error, connection, scope, gated)

        return gated

    def _request(
        self, endpoint: object, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[object | None, Scope]:
        """Return for which request an endpoint is called, without the parameter that is ours."""
        own = named.pop(self.parameter, None)
        found = connection_of((own, *arguments, *named.values()))
        if found is None:
            raise self.gate.unknown(endpoint)
        return found


class GatedApp:
    """An ASGI callable behind a gate; a class because Starlette takes functions for something else.

    ``app`` is what stands behind, as middleware names it.
    """

    def __init__(self, gate: Gate, app: AsgiCallable) -> None:
        functools.update_wrapper(cast("Callable[..., Any]", self), app, updated=())
        self.app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application, or refuse."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        else:
            await serve(self._gate, self.app, scope, receive, send)


async def serve(gate: Gate, app: AsgiCallable, scope: Scope, receive: Receive, send: Send) -> object:
    """Call an ASGI application, or refuse: before it is called, or as it says itself by `authorize`."""
    try:
        lines = await gate.enter(scope)
    except AuthError as refused:
        error = refused
    else:
        try:
            return await app(scope, receive, _telling(send, lines) if lines else send)
        except AuthError as raised:
            error = _refused_within(raised)
    await send_refusal(frameworks.problem(error, scope), scope, receive, send)
    return None


def _refused_within(error: AuthError) -> AuthError:
    """Return the error by which an endpoint refuses its caller; raise it where it is of another kind."""
    if frameworks.is_refused(error):
        return error
    raise error


def _telling(send: Send, lines: Lines) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *lines]}
        await send(message)

    return told


def _tell_ahead(connection: Any, lines: Lines) -> None:
    """Add lines to what an endpoint of a class sends, which answers by itself."""
    if lines and frameworks.sends(connection):
        connection.send = _telling(connection.send, lines)


def _told(answer: Any, lines: Lines) -> Any:
    """Add lines to a response of Starlette's; what a framework makes one of stays as it is."""
    headers: list[tuple[bytes, bytes]] | None = getattr(answer, "raw_headers", None)
    if headers is not None:
        headers.extend(lines)
    return answer


def _not_gateable(endpoint: object) -> TypeError:
    return TypeError(
        f"{endpoint!r} cannot be guarded or limited: a function, a class with dispatch or an ASGI callable "
        "can; of a class without, decorate its methods, and put @staticmethod above"
    )


def _generating(endpoint: Callable[..., object]) -> TypeError:
    return TypeError(
        f"{endpoint.__qualname__} is a generator and cannot be guarded or limited: in FastAPI a dependency "
        "beside the route can, such as CurrentUser or jwt_auth_fastapi.rate_limit"
    )
