"""The dependency by which a route, or all routes of a router, have a limit.

FastAPI reads these signatures at run time, so annotations are objects in this file, not texts.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import Response
from fastapi.requests import HTTPConnection

from jwt_auth_asgi.problems.limit_fields import of_verdicts
from jwt_auth_asgi.problems.problem import status_of
from jwt_auth_asgi.problems.rate_limited_log import RateLimitedLog
from jwt_auth_asgi.rate_limits.limit import By, KeepsCount, Limit, rule_name
from jwt_auth_core.errors import AuthError
from jwt_auth_fastapi.dependencies import as_refusal

_FAULTS: Final = RateLimitedLog()


def rate_limit(
    rates: str, *, by: By = "address", name: str | None = None, auth: KeepsCount | None = None
) -> Callable[..., Awaitable[None]]:
    """Return a dependency that lets a route be called so often, and answers 429 beyond.

    For use as ``dependencies=[Depends(rate_limit("10/minute"))]``, of a route, or of a router or an
    application, whose routes have a limit each. The arguments are those of `jwt_auth_asgi.rate_limit`; a rule
    is named after the function of its route.

    Raises:
        ValueError: the rates or the name read otherwise, or there is no such ``by``.
    """
    Limit(rates, by=by, name=name or "rates", auth=auth)  # what is wrong with them is said where they stand
    limits: dict[str, Limit] = {}  # one a route

    async def limited(connection: HTTPConnection, response: Response) -> None:
        rule = name or _name(connection.scope["endpoint"])
        limit = limits.get(rule)
        if limit is None:
            limit = limits.setdefault(rule, Limit(rates, by=by, name=rule, auth=auth))
        try:
            verdicts = await limit.check(connection.scope)
        except AuthError as error:
            if status_of(error) >= 500:  # noqa: PLR2004 - the fault is the server's
                _FAULTS.note(error)
            raise as_refusal(error, connection) from error
        response.headers.raw.extend(of_verdicts(verdicts))

    return limited


def _name(endpoint: Any) -> str:
    return rule_name(endpoint.__module__, getattr(endpoint, "__qualname__", type(endpoint).__qualname__))
