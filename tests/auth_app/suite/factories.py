"""The applications that the suite runs on: each has the auth routes under /auth.

A factory takes an `Auth` and returns an ASGI application. To run the whole suite on another
framework, add a line here.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from jwt_auth_asgi import authorization_server_metadata
from jwt_auth_asgi.app.auth_app import create_app
from jwt_auth_fastapi import auth_router


def starlette_app(auth):
    """Return the auth app mounted in an application of the user's."""
    metadata = authorization_server_metadata(auth)
    return Starlette(
        routes=[
            Mount("/auth", create_app(auth)),
            Route("/.well-known/oauth-authorization-server/auth", metadata),
        ]
    )


def fastapi_app(auth):
    """Return a FastAPI application that includes the router."""
    app = FastAPI()
    app.include_router(auth_router(auth))
    return app


FACTORIES = {"starlette": starlette_app, "fastapi": fastapi_app}
