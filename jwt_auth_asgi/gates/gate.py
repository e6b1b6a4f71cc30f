"""A gate: it lets a request through to an endpoint, or says why not."""

from __future__ import annotations

from typing import ClassVar, Protocol

from jwt_auth_asgi.asgi import Scope

Lines = tuple[tuple[bytes, bytes], ...]
"""Header lines."""


class Gate(Protocol):
    """What stands before an endpoint."""

    is_problem: ClassVar[bool]
    """Whether a refusal is a problem document everywhere; else it is a framework's own exception."""

    async def enter(self, scope: Scope, /) -> Lines:
        """Let a request or websocket through; return what its answer tells of that.

        Raises:
            AuthError: it is refused.
        """
        ...

    def enter_in_thread(self, scope: Scope, /) -> Lines:
        """Do the same in the caller's thread, which may wait; raises as `enter`."""
        ...

    def unknown(self, endpoint: object, /) -> Exception:
        """Return what is raised where nothing tells for which request an endpoint is called."""
        ...
