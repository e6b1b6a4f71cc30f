"""A site: one application that has the auth routes and one guarded route, and what it stands on."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_core import assemble
from jwt_auth_core.audit import Event
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.circuits.redis import circuit_of
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.passwords import Passwords
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Clock
from jwt_auth_fastapi import CurrentUser, auth_router
from tests.cheap import cheap_passwords
from tests.end_to_end.serving import Threaded, threaded, until
from tests.end_to_end.visitor import Visitor

KEY = "a key that only the tests of whole sites know"
PLAIN = {"JWT_KEY": KEY, "COOKIE_SECURE": "false", "SESSIONS_PER_USER": "1000"}
TOPICS = ["algebra", "geometry", "logic"]


def on_starlette(auth: Auth) -> Any:
    """Return the auth app inside a Starlette application."""

    async def topics(_request: Request) -> JSONResponse:
        return JSONResponse({"topics": TOPICS})

    routes = [Mount("/auth", create_app(auth)), Route("/questions/topics", topics)]
    return BearerMiddleware(Starlette(routes=routes), auth, public={"/auth/openapi.json"})


def on_fastapi(auth: Auth) -> Any:
    """Return a FastAPI application that includes the router."""
    app = FastAPI(title="Questions")
    app.add_middleware(BearerMiddleware, auth=auth)
    app.include_router(auth_router(auth))

    @app.get("/questions/topics", responses={401: {"description": "No valid access token"}})
    async def topics(_user: CurrentUser) -> dict[str, list[str]]:
        return {"topics": TOPICS}

    return app


FRAMEWORKS: dict[str, Callable[[Auth], Any]] = {"starlette": on_starlette, "fastapi": on_fastapi}


def settings(**variables: str) -> Settings:
    """Return settings over plain http, embedded in memory unless the variables say otherwise."""
    database = {} if "DB_HOST" in variables else {"DATABASE_URL": "sqlite://"}
    return Settings.from_env({**PLAIN, **database, **variables})


def build(
    wanted: Settings,
    *,
    events: list[Event],
    clock: Clock | None = None,
    passwords: Passwords | None = None,
    stores: assemble.Stores | None = None,
) -> Auth:
    """Return an `Auth` with cheap passwords and its tables; stores tell their own time, as in production."""
    stores = stores or assemble.stores(wanted)
    migrate(stores.database)
    return Auth.from_settings(
        wanted,
        audit=events.append,
        passwords=passwords or cheap_passwords(),
        stores=stores,
        clock=clock or assemble.system_clock,
    )


@dataclass
class Site:
    """A running application; ``events`` is its audit, ``resting`` its tasks when nobody is there."""

    auth: Auth
    server: Threaded
    events: list[Event] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    resting: int = 0

    @property
    def origin(self) -> str:
        """Return where it is served."""
        return self.server.origin

    def visitor(self, name: str = "ada") -> Visitor:
        """Return somebody who has not registered yet."""
        self.visitors.append(Visitor(self.origin, name))
        return self.visitors[-1]

    def member(self, name: str = "ada") -> Visitor:
        """Return somebody who has registered and logged in."""
        visitor = self.visitor(name)
        visitor.register()
        assert visitor.login().status_code == 200
        assert visitor.topics().status_code == 200  # whatever starts with the first token has started
        return visitor

    def happened(self, name: str) -> int:
        """Return how often the audit tells of such an event."""
        return sum(event.name == name for event in self.events)

    def settle(self) -> None:
        """Wait until no task, no connection and no request of anybody is left over."""
        until(lambda: self.server.tasks() <= self.resting and not self.lent())

    def heard(self) -> None:
        """Wait until a store that kept silent is asked again."""
        sessions: Any = self.auth.refresh.parts.sessions
        until(lambda: not circuit_of(sessions._client).is_open)

    def lent(self) -> int:
        """Return how many connections to the stores are in use."""
        database: Any = self.auth.database
        sessions: Any = self.auth.refresh.parts.sessions
        pool = getattr(getattr(sessions, "_client", None), "connection_pool", None)
        in_use = len(pool._in_use_connections) - len(sessions._wires._free) if pool else 0
        return database.pool.stats().out + in_use

    def close(self) -> None:
        """Say goodbye for every visitor."""
        for visitor in self.visitors:
            visitor.close()


@contextmanager
def serving(wanted: Settings | None = None, *, framework: str = "fastapi", **parts: Any) -> Generator[Site]:
    """Yield a running site; ``parts`` are those of `build`."""
    events: list[Event] = []
    auth = build(wanted or settings(), events=events, **parts)
    try:
        with threaded(FRAMEWORKS[framework](auth)) as server:
            site = Site(auth, server, events)
            site.resting = server.tasks()
            try:
                yield site
            finally:
                site.close()
    finally:
        auth.close()
