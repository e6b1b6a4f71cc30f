# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of guarded endpoints: each stays what it was."""

from typing import assert_type

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from jwt_auth_asgi import BearerMiddleware, require
from jwt_auth_core import AccessTokens, Claims


@require("reports:read")
async def reports(request: Request, limit: int = 10) -> PlainTextResponse:
    """Keep its arguments and its answer."""
    return PlainTextResponse(f"{request.url.path} {limit}")


@require()
class Reports(HTTPEndpoint):
    """Stay a class."""

    limit = 10


async def called(request: Request) -> None:
    """Call what was guarded."""
    assert_type(await reports(request, limit=1), PlainTextResponse)
    assert_type(Reports.limit, int)


def asked(claims: Claims) -> None:
    """Ask what a token grants."""
    assert_type(claims.allows("reports:read"), bool)
    assert_type(claims.explain("reports:read"), str)


def wrapped(tokens: AccessTokens) -> BearerMiddleware:
    """Write rules in all their forms."""

    async def app(scope: object, receive: object, send: object) -> None:
        del scope, receive, send

    return BearerMiddleware(
        app,
        tokens,
        rules=[
            ("/admin", "admin:use"),
            ("/reports", {"GET": "reports:read", "*": ("reports:read", "reports:write")}),
            ("/files", None),
        ],
    )
