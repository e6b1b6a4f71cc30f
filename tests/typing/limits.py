# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of limits: whatever is limited stays what it was."""

from typing import assert_type

from fastapi import Depends, FastAPI
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response

from jwt_auth_asgi import BearerMiddleware, rate_limit
from jwt_auth_core import Auth, development_settings
from jwt_auth_fastapi import rate_limit as limited

auth = Auth.from_settings(development_settings())
app = FastAPI(dependencies=[Depends(limited("600/minute"))])
app.add_middleware(BearerMiddleware, auth=auth)


@app.get("/words/{word}")
@rate_limit("10/minute")
def length(word: str) -> int:
    """A sync function keeps its parameters and its result."""
    return len(word)


@rate_limit("10/minute", by="user", name="pages", auth=auth)
async def page(request: Request) -> Response:
    """So does an async one."""
    return Response(str(request.url))


@rate_limit("3/hour;10/day")
class Page(HTTPEndpoint):
    """A class stays a class."""


async def whole(request: Request) -> None:
    """Calls are checked as before."""
    assert_type(length("word"), int)
    assert_type(await page(request), Response)
    assert_type(Page, type[Page])
    length(1)  # type: ignore[arg-type]
    length()  # type: ignore[call-arg]
    app.mount("/limited", rate_limit("10/minute", name="mounted")(app))


rate_limit(10)  # type: ignore[arg-type]
rate_limit("10/minute", by="session")  # type: ignore[arg-type]
limited("10/minute", by="session")  # type: ignore[arg-type]
rate_limit("10/minute", auth="auth")  # type: ignore[arg-type]
