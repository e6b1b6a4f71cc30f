"""A small FastAPI application, for the tests of what tests applications."""

from typing import Annotated

from fastapi import Depends, FastAPI

from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_fastapi import AuthenticatedUser, require_scopes

tokens = AccessTokens(KeyRing.from_secret("a secret that only these tests use, forty-odd bytes"))

Writer = Annotated[AuthenticatedUser, Depends(require_scopes("topics:write"))]


def application() -> FastAPI:
    """Return the application as a user would build it."""
    app = FastAPI()
    app.add_middleware(BearerMiddleware, auth=tokens)

    @app.get("/")
    async def hello() -> str:
        return "hello"

    @app.post("/questions/topics")
    async def add_topic(user: Writer) -> dict[str, str]:
        return {"added by": user.identity}

    return app
