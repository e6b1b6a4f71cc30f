"""`require` beside a route of FastAPI, which shows it in the OpenAPI document.

FastAPI reads signatures at run time, so annotations are objects in this file, not texts.
"""

import functools
import inspect
from collections.abc import Callable, Collection
from typing import Annotated, Any, Final, TypeVar, cast

from fastapi import Security

from jwt_auth_asgi.guard import guard_of, marked
from jwt_auth_asgi.guards.require import require as require_anywhere
from jwt_auth_fastapi.schemes import ShownFlow, offer_scopes

T = TypeVar("T")

SHOWN: Final = "jwt_auth_shown"
"""The parameter by which FastAPI learns of the scopes; nothing is handed over by it."""

_FLOW: Final = ShownFlow()


def require(
    *scopes: str, max_age: int | None = None, amr: Collection[str] = (), acr: str | None = None
) -> Callable[[T], T]:
    """Do what `jwt_auth_asgi.require` does, and show the scopes beside the route in the OpenAPI document.

    They stand in the list of the password flow, too, so that Swagger's Authorize button offers them.
    """
    guarding = require_anywhere(*scopes, max_age=max_age, amr=amr, acr=acr)

    def decorate(endpoint: T) -> T:
        guarded = guarding(endpoint)
        offer_scopes(scopes)
        return cast("T", _shown(guarded, sorted(scopes))) if inspect.isfunction(guarded) else guarded

    return decorate


def _shown(guarded: Callable[..., Any], scopes: list[str]) -> Callable[..., Any]:
    shown = _awaited(guarded) if inspect.iscoroutinefunction(guarded) else _plain(guarded)
    shown.__signature__ = _signature(guarded, scopes)  # type: ignore[attr-defined] # where inspect looks
    guard = guard_of(guarded)
    return shown if guard is None else marked(shown, guard)


def _awaited(guarded: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(guarded)
    async def shown(*arguments: Any, **named: Any) -> Any:
        named.pop(SHOWN, None)
        return await guarded(*arguments, **named)

    return shown


def _plain(guarded: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(guarded)
    def shown(*arguments: Any, **named: Any) -> Any:
        named.pop(SHOWN, None)
        return guarded(*arguments, **named)

    return shown


def _signature(guarded: Callable[..., Any], scopes: list[str]) -> inspect.Signature:
    signature = inspect.signature(guarded)
    listed = list(signature.parameters.values())
    last = [one for one in listed if one.kind is inspect.Parameter.VAR_KEYWORD]
    annotation = Annotated[None, Security(_FLOW, scopes=scopes)]
    own = inspect.Parameter(SHOWN, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)
    return signature.replace(parameters=[*listed[: len(listed) - len(last)], own, *last])
