"""The applications that are served or driven: bare, behind our middleware, behind Starlette's with PyJWT.

Each answers any path of the route with the caller's id, or with a constant where nobody asks who calls.
"""

from __future__ import annotations

import json
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.requests import HTTPConnection
from fastapi.security import OAuth2PasswordBearer
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.middleware import AUDIENCE, ISSUER, REQUIRED, SECRET, PyJWTBackend, access_tokens
from jwt_auth_asgi import BearerMiddleware
from jwt_auth_fastapi import CurrentUser

PATH = "/topics"
SOMEBODY = "0b9ac7e4-52a7-4f39-9c4d-000000000000"


async def answer(send, user: str) -> None:
    body = json.dumps({"user": user}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def bare_asgi():
    async def app(scope, receive, send):
        if scope["type"] == "http":
            await answer(send, SOMEBODY)

    return app


def our_asgi():
    async def app(scope, receive, send):
        if scope["type"] == "http":
            await answer(send, scope["user"].identity)

    return BearerMiddleware(app, access_tokens(), public=())


async def _anybody(_request):
    return JSONResponse({"user": SOMEBODY})


@requires("topics:read")
async def _caller(request):
    return JSONResponse({"user": request.user.identity})


@requires("topics:read")
async def _display_name(request):  # SimpleUser has no identity
    return JSONResponse({"user": request.user.display_name})


def bare_starlette():
    return Starlette(routes=[Route(PATH, _anybody)])


def our_starlette():
    middleware = Middleware(BearerMiddleware, access_tokens())
    return Starlette(routes=[Route(PATH, _caller)], middleware=[middleware])


def pyjwt_starlette():
    middleware = Middleware(AuthenticationMiddleware, backend=PyJWTBackend())
    return Starlette(routes=[Route(PATH, _display_name)], middleware=[middleware])


def bare_fastapi():
    app = FastAPI()

    @app.get(PATH)
    async def topics():
        return {"user": SOMEBODY}

    return app


def scope_fastapi():
    app = FastAPI()
    app.add_middleware(BearerMiddleware, auth=access_tokens(), public=())

    @app.get(PATH)
    async def topics(request: Request):
        return {"user": request.user.identity}

    return app


def our_fastapi():
    app = FastAPI()
    app.add_middleware(BearerMiddleware, auth=access_tokens())

    @app.get(PATH)
    async def topics(user: CurrentUser):
        return {"user": user.identity}

    return app


async def _nothing(connection: HTTPConnection) -> str:
    return SOMEBODY


def empty_fastapi():
    """Return what no dependency of FastAPI can be cheaper than."""
    app = FastAPI()

    @app.get(PATH)
    async def topics(user: Annotated[str, Depends(_nothing)]):
        return {"user": user}

    return app


_bearer = OAuth2PasswordBearer(tokenUrl="/auth/login")


def _user_id(token: str) -> str:
    try:
        claims = jwt.decode(
            token, SECRET, algorithms=["HS256"], issuer=ISSUER, audience=AUDIENCE, options=REQUIRED
        )
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"}) from None
    return claims["sub"]


async def _awaited(token: Annotated[str, Depends(_bearer)]) -> str:
    return _user_id(token)


def _threaded(token: Annotated[str, Depends(_bearer)]) -> str:
    return _user_id(token)


def pyjwt_fastapi():
    """Return the recipe of FastAPI's own tutorial, its dependency an ``async def``."""
    return _fastapi(_awaited)


def pyjwt_fastapi_def():
    """Return the same with a plain ``def``, which FastAPI runs in a thread."""
    return _fastapi(_threaded)


def _fastapi(dependency):
    app = FastAPI()

    async def topics(user):
        return {"user": user}

    topics.__annotations__["user"] = Annotated[str, Depends(dependency)]
    app.get(PATH)(topics)
    return app
