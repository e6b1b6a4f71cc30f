"""The auth app behind the middleware, on stores in memory and passwords that cost nothing."""

from starlette.applications import Starlette
from starlette.routing import Mount

from jwt_auth_asgi import BearerMiddleware, create_app
from tests.auth_app.world import World

world = World()
app = BearerMiddleware(Starlette(routes=[Mount("/auth", create_app(world.auth))]), world.auth)


async def startless(scope, receive, send):
    """Serve the same where start-up is nobody's business."""
    if scope["type"] == "lifespan":
        raise NotImplementedError
    await app(scope, receive, send)
