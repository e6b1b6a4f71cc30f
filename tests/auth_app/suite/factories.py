"""The applications that the suite runs on: each has the auth routes under /auth.

A factory takes an `Auth` and returns an ASGI application. To run the whole suite on another
framework, add a line here.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount

from jwt_auth_asgi.app import create_app


def starlette_app(auth):
    """Return the auth app mounted in an application of the user's."""
    return Starlette(routes=[Mount("/auth", create_app(auth))])


FACTORIES = {"starlette": starlette_app}
