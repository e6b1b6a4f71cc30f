"""An application in this process on a clock of the test's: one request after the other, fast.

`Wire` sends through httpx and keeps one event loop; `Sessions` can be set back to an earlier state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from jwt_auth_core import assemble
from jwt_auth_core.audit import Event
from jwt_auth_core.auth import Auth
from jwt_auth_core.sessions.memory import MemorySessions
from jwt_auth_core.sessions.session import SessionStore
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Clock
from tests.end_to_end.site import FRAMEWORKS, build, settings
from tests.end_to_end.visitor import COOKIE, PASSWORD, cookie

BEGIN = 1_800_000_000
IDLE_SECONDS = 14 * 86_400
ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace"}


@dataclass
class HandClock:
    """A clock that only the test moves."""

    now: int = BEGIN

    def __call__(self) -> int:
        return self.now


@dataclass(frozen=True)
class Answer:
    """What a refresh was answered: status, code, and the cookie (None untouched, empty cleared)."""

    status: int
    code: str
    cookie: str | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether it brings a new token."""
        return self.status == 200


@dataclass
class World:
    """An application on stores in memory, or on other sessions, with Ada registered."""

    framework: str = "starlette"
    wanted: Settings = field(default_factory=settings)
    sessions_on: Callable[[Clock], SessionStore] | None = None
    clock: HandClock = field(default_factory=HandClock)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        stores = assemble.stores(self.wanted, clock=self.clock)
        if self.sessions_on is not None:
            stores = replace(stores, sessions=self.sessions_on(self.clock))
        self.sessions = stores.sessions
        self.auth: Auth = build(self.wanted, events=self.events, clock=self.clock, stores=stores)
        self._runner = asyncio.Runner()
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        transport = httpx.ASGITransport(app=FRAMEWORKS[self.framework](self.auth))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://testserver", cookies=jar)
        assert self.post("/auth/register", json=ADA).status_code == 201

    def post(self, path: str, **request: Any) -> httpx.Response:
        """Send one request."""
        return self._runner.run(self._client.post(path, **request))

    def get(self, path: str, headers: Mapping[str, str]) -> httpx.Response:
        """Send one request."""
        return self._runner.run(self._client.get(path, headers=headers))

    def posts(self, *tokens: str) -> list[Answer]:
        """Present tokens, all at the same time."""

        async def together() -> list[httpx.Response]:
            calls = [self._client.post("/auth/refresh", headers=cookie(token)) for token in tokens]
            return await asyncio.gather(*calls)

        return [answer_of(response) for response in self._runner.run(together())]

    def login(self) -> str:
        """Log Ada in; return her refresh token."""
        token = answer_of(self.post("/auth/login", json=ADA)).cookie
        assert token
        return token

    def present(self, token: str) -> Answer:
        """Ask for a refresh."""
        return self.posts(token)[0]

    def logout(self, token: str) -> None:
        """End the session of a token."""
        assert self.post("/auth/logout", headers=cookie(token)).status_code == 200

    def forked(self) -> None:
        """Go on in a child process, with a loop of its own."""
        self._runner = asyncio.Runner()

    def close(self) -> None:
        """Close the client, the loop and the stores."""
        self._runner.run(self._client.aclose())
        self._runner.close()
        self.auth.close()


def answer_of(response: httpx.Response) -> Answer:
    """Return the part of a response that matters, having checked its form."""
    lines = [line for line in response.headers.get_list("set-cookie") if line.startswith(COOKIE + "=")]
    # Over plain http a refusal clears the cookie of every parent path, too.
    assert len(lines) <= 1 or all("Max-Age=0" in line for line in lines)
    token = lines[0].partition(";")[0].removeprefix(COOKIE + "=") if lines else None
    code = "" if response.is_success else response.json()["code"]
    assert (token is None) == (response.status_code in {409, 503})
    assert bool(token) == response.is_success
    return Answer(response.status_code, code, token)


class Remembering(MemorySessions):
    """Sessions in memory that can be set back: their records are frozen, a copy of the dict is all."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(idle_seconds=IDLE_SECONDS, max_age_seconds=6 * IDLE_SECONDS, clock=clock)

    def saved(self) -> Any:
        """Return the state."""
        return dict(self._records)

    def restored(self, saved: Any) -> None:
        """Take a state back."""
        self._records.clear()
        self._records.update(saved)
