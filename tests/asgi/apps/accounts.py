"""The auth app behind the middleware, on stores in memory and passwords that cost nothing."""

from starlette.applications import Starlette
from starlette.routing import Mount

from jwt_auth_asgi import BearerMiddleware, create_app
from tests.auth_app.world import World

world = World()
app = BearerMiddleware(Starlette(routes=[Mount("/auth", create_app(world.auth))]), world.auth)
