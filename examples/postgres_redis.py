"""The documented application on PostgreSQL and Redis, for any number of worker processes.

    export JWT_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')"
    export DATABASE_URL=postgresql://user:password@localhost/questions
    export REDIS_URL=redis://localhost:6379/0
    uvicorn examples.postgres_redis:app --workers 4

Or, to work on it, with the same three as lines of a `.env` file in the working directory, without `export`:

    uvicorn examples.postgres_redis:app --reload

The tables are made and the users of an older application adopted at start-up, as `jwt-auth migrate` does
it; several workers may start at once.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import Auth
from jwt_auth_fastapi import CurrentUser, auth_router

auth = Auth.from_env()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    await asyncio.to_thread(auth.migrate)
    yield
    auth.close()


app = FastAPI(title="Questions", lifespan=lifespan)
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth))


@app.get("/questions/topics")
async def topics(user: CurrentUser) -> dict[str, list[str]]:  # noqa: ARG001 - asking guards the route
    return {"topics": ["algebra", "geometry", "logic"]}
