"""What can be limited: ASGI applications, classes of endpoints, functions of Starlette and FastAPI."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Generator, MutableMapping, Sequence
from contextlib import suppress
from functools import update_wrapper, wraps
from typing import Any, Final, Protocol, cast

from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.problems.challenge import realm_of
from jwt_auth_asgi.problems.limit_fields import of_verdicts
from jwt_auth_asgi.rate_limits.limit import Limit, LimitSetupError
from jwt_auth_asgi.rate_limits.refusal import refuse, serve
from jwt_auth_core.errors import AuthError
from jwt_auth_core.rate_limits import Verdict

CONNECTION: Final = "rate_limited_connection"
"""The parameter by which FastAPI hands over the request to a function that has none of its own."""

_ARGUMENTS: Final = 3  # of an ASGI application
_SERVED: Final = ("http", "websocket")


class Connection(Protocol):
    """What Starlette's requests and websockets have in common."""

    @property
    def scope(self) -> Scope:
        """Return what the server says of it."""
        ...


class LimitedApp:
    """An ASGI application behind a limit; a class because Starlette takes functions for endpoints."""

    def __init__(self, app: App, limit: Limit) -> None:
        update_wrapper(cast("Callable[..., Any]", self), app, updated=())
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse."""
        await serve(self._limit, self._app, scope, receive, send)


def limited_class(endpoint: type[Any], limit: Limit) -> type[Any]:
    """Return a subclass of a class whose instances are awaited: Starlette's endpoints."""
    if not hasattr(endpoint, "__await__"):
        msg = f"{endpoint.__name__} is no class of endpoints: limit an instance of it"
        raise TypeError(msg)

    def limited(self: Any) -> Generator[Any, None, None]:
        async def dispatched(_scope: Scope, _receive: Receive, send: Send) -> None:
            self.send = send
            await _Awaiting(lambda: endpoint.__await__(self))

        return serve(limit, dispatched, self.scope, self.receive, self.send).__await__()

    members = {"__await__": limited, "__doc__": endpoint.__doc__, "__module__": endpoint.__module__}
    return type(endpoint.__name__, (endpoint,), {**members, "__qualname__": endpoint.__qualname__})


class _Awaiting:
    """Awaits what a class's own ``__await__`` gives; a class because that is where it is looked for."""

    def __init__(self, begin: Callable[[], Generator[Any, None, Any]]) -> None:
        self._begin = begin

    def __await__(self) -> Generator[Any, None, Any]:
        return self._begin()


def limited_function(function: Callable[..., Any], limit: Limit) -> Callable[..., Any]:
    """Return a function that asks the limit first: an endpoint, or an ASGI application."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        msg = f"{function.__qualname__} is a generator: limit it by jwt_auth_fastapi.rate_limit, a dependency"
        raise TypeError(msg)
    wrapper = _limited_async if inspect.iscoroutinefunction(function) else _limited_sync
    limited = wrapper(function, limit)
    limited.__signature__ = _signature(function)  # type: ignore[attr-defined] # where inspect looks
    return limited


def _limited_async(function: Callable[..., Awaitable[Any]], limit: Limit) -> Callable[..., Any]:
    @wraps(function)
    async def limited(*arguments: Any, **named: Any) -> Any:
        if len(arguments) == _ARGUMENTS and isinstance(arguments[0], MutableMapping):
            await serve(limit, function, *arguments)
            return None
        connection = _connection(function, arguments, named)
        try:
            verdicts = await limit.check(connection.scope)
        except AuthError as error:
            if connection.scope["type"] == "http":
                return _answer(error, connection.scope)
            websocket: Any = connection
            await refuse(error, websocket.scope, websocket.receive, websocket.send)
            return None
        return _told(await function(*arguments, **named), verdicts)

    return limited


def _limited_sync(function: Callable[..., Any], limit: Limit) -> Callable[..., Any]:
    @wraps(function)
    def limited(*arguments: Any, **named: Any) -> Any:
        connection = _connection(function, arguments, named)
        try:
            verdicts = limit.check_in_thread(connection.scope)
        except AuthError as error:
            return _answer(error, connection.scope)
        return _told(function(*arguments, **named), verdicts)

    return limited


def _answer(error: AuthError, scope: Scope) -> object:
    from jwt_auth_asgi.problems.responses import problem_response  # noqa: PLC0415 - needs starlette

    return problem_response(error, realm=realm_of(scope))


def _told(answer: Any, verdicts: Sequence[Verdict]) -> Any:
    """Add what is left to an answer that is a response; what a framework makes one of stays as it is."""
    headers: list[tuple[bytes, bytes]] | None = getattr(answer, "raw_headers", None)
    if headers is not None:
        headers.extend(of_verdicts(verdicts))
    return answer


def _connection(
    function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]
) -> Connection:
    """Return the request or websocket among the arguments, without the parameter that is ours."""
    own = named.pop(CONNECTION, None)
    for one in (own, *arguments, *named.values()):
        scope: object = getattr(one, "scope", None)
        if isinstance(scope, MutableMapping) and cast("Scope", scope).get("type") in _SERVED:
            return cast("Connection", one)
    msg = f"the limit of {function.__qualname__} finds no request: give it a parameter, request: Request"
    raise LimitSetupError(msg)


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """Return a signature that has FastAPI hand over the request; Starlette looks at none."""
    signature = inspect.signature(function)
    with suppress(ModuleNotFoundError):
        from starlette.requests import HTTPConnection  # noqa: PLC0415 - where FastAPI is, this is

        listed = list(signature.parameters.values())
        if any(one.annotation is HTTPConnection or one.annotation == "HTTPConnection" for one in listed):
            return signature  # FastAPI fills one of them
        last = [one for one in listed if one.kind is inspect.Parameter.VAR_KEYWORD]
        first = listed[: len(listed) - len(last)]
        own = inspect.Parameter(CONNECTION, inspect.Parameter.KEYWORD_ONLY, annotation=HTTPConnection)
        return signature.replace(parameters=[*first, own, *last])
    return signature
