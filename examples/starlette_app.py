"""The auth app mounted in a Starlette application that guards its own routes.

    uvicorn examples.starlette_app:app
    jwt-auth users add ada@example.com --first-name Ada --last-name Byron --scope topics:write --development

The middleware refuses whoever brings no token to a path that is not public; `@requires` asks
for scopes, as Starlette documents it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route

from jwt_auth_asgi import BearerMiddleware, authorization_server_metadata, create_app
from jwt_auth_core import Auth, development_settings

auth = Auth.from_settings(development_settings())
TOPICS = ["algebra", "geometry", "logic"]


async def home(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"hello {request.user.display_name or 'stranger'}\n")


async def topics(request: Request) -> JSONResponse:
    return JSONResponse({"topics": TOPICS, "for": request.user.identity})


@requires("topics:write")
async def close_topics(request: Request) -> JSONResponse:
    return JSONResponse({"closed by": request.user.identity})


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncGenerator[None]:
    await asyncio.to_thread(auth.check)  # a store out of reach is one clear sentence now, not a 503 later
    yield
    auth.close()


app = Starlette(
    lifespan=lifespan,
    routes=[
        Mount("/auth", create_app(auth)),
        Route("/.well-known/oauth-authorization-server/auth", authorization_server_metadata(auth)),
        Route("/", home),
        Route("/questions/topics", topics),
        Route("/questions/topics", close_topics, methods=["DELETE"]),
    ],
    middleware=[Middleware(BearerMiddleware, auth=auth, public={"/", "/auth/openapi.json"})],
)
