"""For which request an endpoint is called: a framework's among its arguments, or the one being served."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from jwt_auth_asgi.asgi import Receive, Scope, Send
from jwt_auth_asgi.gates import frameworks
from jwt_auth_asgi.identity.current import CURRENT

_ASGI: Final = 3  # scope, receive, send


def asgi_of(arguments: tuple[Any, ...]) -> tuple[Scope, Receive, Send] | None:
    """Return the arguments of an ASGI call, a method's without its self; None when it is none."""
    last = arguments[-_ASGI:]
    is_asgi = len(last) == _ASGI and isinstance(last[0], Mapping) and "type" in last[0]
    return cast("tuple[Scope, Receive, Send]", last) if is_asgi else None


def connection_of(arguments: Iterable[object]) -> tuple[object | None, Scope] | None:
    """Return a framework's request among the arguments, and its scope; else the scope being served, if any.

    What the client sent may have a ``scope``, too, and is nobody's request.
    """
    for argument in arguments:
        scope: object = getattr(argument, "scope", None) if frameworks.name_of(argument) else None
        if isinstance(scope, Mapping) and "type" in scope:
            return argument, cast("Scope", scope)
    current = CURRENT.get()
    return None if current is None else (None, current)


def add_parameter(function: Callable[..., Any], own: inspect.Parameter) -> None:
    """Have a function show a parameter of ours, by which FastAPI hands something over, or learns of it."""
    signature = inspect.signature(function)
    listed = list(signature.parameters.values())
    last = [one for one in listed if one.kind is inspect.Parameter.VAR_KEYWORD]
    shown = signature.replace(parameters=[*listed[: len(listed) - len(last)], own, *last])
    function.__signature__ = shown  # type: ignore[attr-defined] # where inspect looks
    function.__annotations__ = {**function.__annotations__, own.name: own.annotation}
