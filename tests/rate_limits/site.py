"""An application with limits of its own, as `uvicorn --workers 2` serves it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, WebSocket

from jwt_auth_asgi import BearerMiddleware, rate_limit
from jwt_auth_core import Auth
from jwt_auth_fastapi import auth_router
from jwt_auth_fastapi import rate_limit as limited

auth = Auth.from_env()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
    """Close what was opened."""
    auth.migrate()
    yield
    auth.close()


app = FastAPI(lifespan=lifespan)
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth))


@app.get("/decorated")
@rate_limit("10/day")
async def decorated() -> str:
    """Ten of an address go."""
    return "decorated"


@app.get("/depending", dependencies=[Depends(limited("10/day"))])
def depending() -> str:
    """Ten others go."""
    return "depending"


@app.websocket("/talk")
@rate_limit("10/day")
async def talk(websocket: WebSocket) -> None:
    """And ten of these."""
    await websocket.accept()
    await websocket.close()
