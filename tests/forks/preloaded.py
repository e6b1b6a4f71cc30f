"""The documented application as a server preloads it: used in the parent, all of it, and then forked."""

from __future__ import annotations

import asyncio
import os

from examples.postgres_redis import app as example
from examples.postgres_redis import auth
from jwt_auth_core.database.schema import migrate
from tests.forks.road import walk

migrate(auth.database)
asyncio.run(walk(example, "master"))


async def app(scope, receive, send):
    """Serve the example; say in each answer which process gave it."""

    async def signed(message):
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"x-process", str(os.getpid()).encode())]}
        await send(message)

    await example(scope, receive, signed if scope["type"] == "http" else send)
