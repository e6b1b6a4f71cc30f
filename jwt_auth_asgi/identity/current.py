"""The scope of the request that is being served, for guards of endpoints that are not handed one.

A thread that a framework runs an endpoint in has it too: frameworks copy the context there.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from jwt_auth_asgi.asgi import Scope

CURRENT: Final[ContextVar[Scope | None]] = ContextVar("jwt_auth_scope", default=None)

GUARDS: Final[set[str]] = set()
"""The kinds of guards in this process; as long as there are none, the middleware does not set `CURRENT`."""
