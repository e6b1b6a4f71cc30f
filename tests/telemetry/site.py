"""What two workers serve: the auth app, the metrics of both, and who answers."""

from __future__ import annotations

import os

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from jwt_auth_asgi import create_app, metrics_app


async def pid(_request):
    """Say which process this is."""
    return Response(str(os.getpid()))


app = Starlette(routes=[Mount("/auth", create_app()), Mount("/metrics", metrics_app()), Route("/pid", pid)])
