"""A small application whose tests stand beside it. Its `auth` is handed in, so that each test has its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import Auth
from jwt_auth_fastapi import CurrentUser, auth_router, rate_limit, require_scopes


class Note(BaseModel):
    text: str


def create_app(auth: Auth) -> FastAPI:
    """Return the application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.notes = {}
        yield

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(BearerMiddleware, auth=auth)
    app.include_router(auth_router(auth))

    @app.get("/health")
    async def health() -> str:
        return "fine"

    @app.get("/notes")
    async def notes(user: CurrentUser) -> list[str]:
        return app.state.notes.get(user.identity, [])

    @app.post("/notes", status_code=201, dependencies=[Depends(rate_limit("2/minute", by="user"))])
    async def add(note: Note, user: CurrentUser) -> None:
        app.state.notes.setdefault(user.identity, []).append(note.text)

    @app.delete("/notes", dependencies=[Depends(require_scopes("notes:delete"))])
    async def delete(user: CurrentUser) -> None:
        if user.actor is not None:
            raise HTTPException(403, "an assistant deletes nothing")
        app.state.notes.pop(user.identity, None)

    return app


def from_env() -> FastAPI:
    """Return the application with the settings of the environment: `uvicorn --factory notes_app:from_env`."""
    return create_app(Auth.from_env())
