"""`require` beside a route of FastAPI, which shows it in the OpenAPI document.

FastAPI reads signatures at run time, so annotations are objects in this file, not texts.
"""

import inspect
from collections.abc import Callable, Collection
from typing import Annotated, Final, TypeVar

from fastapi import Security

from jwt_auth_asgi.gates.connection import add_parameter
from jwt_auth_asgi.guards.require import SHOWN
from jwt_auth_asgi.guards.require import require as require_anywhere
from jwt_auth_fastapi.schemes import ShownFlow, offer_scopes

T = TypeVar("T")

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
        if inspect.isfunction(guarded):
            asked = Annotated[None, Security(_FLOW, scopes=sorted(scopes))]
            own = inspect.Parameter(SHOWN, inspect.Parameter.KEYWORD_ONLY, annotation=asked)
            add_parameter(guarded, own)
        return guarded

    return decorate
