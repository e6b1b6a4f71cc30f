"""The scope of the request that is being served, for guards of endpoints that are not handed one.

A thread that a framework runs an endpoint in has it too: frameworks copy the context there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from jwt_auth_asgi.asgi import App, Scope

CURRENT: Final[ContextVar[Scope | None]] = ContextVar("jwt_auth_scope", default=None)

GUARDS: Final[set[str]] = set()
"""The kinds of guards in this process; as long as there are none, the middleware does not set `CURRENT`."""

WRAPPING: Final[set[Callable[[App], None]]] = set()
"""Who is told of each application that a middleware is put around, before it serves anything."""


def announced(app: App) -> App:
    """Return an application that a middleware is put around, once all who listen have been told of it."""
    for tell in WRAPPING:
        tell(app)
    return app
