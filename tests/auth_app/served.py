"""What a server process of these tests serves: the auth app, made from the environment, and a free route."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from jwt_auth_asgi import create_app


async def ping(_request):
    """Answer at once."""
    return Response(b"pong")


app = Starlette(routes=[Mount("/auth", create_app()), Route("/ping", ping)])
