"""The gate that lets a request through so often."""

from __future__ import annotations

from typing import ClassVar, Final

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.gates.gate import Lines
from jwt_auth_asgi.problems.limit_fields import of_verdicts
from jwt_auth_asgi.rate_limits.limit import Limit, LimitSetupError
from jwt_auth_core.records import dataclass

CONNECTION: Final = "rate_limited_connection"
"""The parameter by which FastAPI hands over the request to a function that has none of its own."""


@dataclass(frozen=True, slots=True)
class Limiting:
    """Counts a request, and tells how its limit stands."""

    is_problem: ClassVar[bool] = True

    limit: Limit

    async def enter(self, scope: Scope) -> Lines:
        """Count it, and return what is left; raises as `Limit.check`."""
        return of_verdicts(await self.limit.check(scope))

    def enter_in_thread(self, scope: Scope) -> Lines:
        """Do the same in the caller's thread."""
        return of_verdicts(self.limit.check_in_thread(scope))

    def unknown(self, endpoint: object) -> Exception:
        """Whoever counts by address has to see the request."""
        name = getattr(endpoint, "__qualname__", repr(endpoint))
        msg = (
            f"the limit of {name} finds no request: give it a parameter, request: Request, or wrap the "
            "application in BearerMiddleware(app, auth)"
        )
        return LimitSetupError(msg)
