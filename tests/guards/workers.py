"""What the tests of served applications share: the operator's `Auth`, a client of each of two workers."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from jwt_auth_core import Auth
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.vocabulary import Client
from tests.end_to_end.serving import until
from tests.no_tls import NO_TLS

PASSWORD = "correct tidal lantern"
NEEDED = 2
FOREIGN_KEY = "a key that only a foreign issuer knows, and we"
FOREIGN_ISSUER = "https://id.example.org"


def bearer(credential: str) -> dict[str, str]:
    """Return the header that carries a token or key."""
    return {"authorization": f"Bearer {credential}"}


@dataclass
class Operator:
    """A third process on the stores of the workers: it adds people, and takes away what they had."""

    auth: Auth
    people: int = 0

    def editor(self) -> tuple[str, str]:
        """Return the id and e-mail address of a new user whose role grants reports:*."""
        self.people += 1
        fields = {"email": f"ada{self.people}@example.com", "password": PASSWORD}
        user = self.auth.register(
            self.auth.register.parse({**fields, "first_name": "Ada", "last_name": "L"}), Client()
        )
        self.auth.roles.define("editor", {"reports:*"})
        self.auth.roles.grant(user.user_id, "editor")
        return user.user_id, fields["email"]

    def login(self, email: str) -> Grant:
        """Return the tokens of a new session."""
        return self.auth.login(LoginAttempt.parse({"email": email, "password": PASSWORD}), Client())


@dataclass
class Workers:
    """A connection to each of two workers, and websockets."""

    origin: str
    clients: list[httpx.Client] = field(default_factory=list)

    def ask(self, app: str, path: str, credential: str | None = None) -> httpx.Response:
        """Send one request to one of them."""
        return self.clients[0].get(path, headers=_headers(app, credential))

    def all(self, app: str, path: str, credential: str | None = None) -> set[int]:
        """Return the statuses by which all of them answer."""
        return {client.get(path, headers=_headers(app, credential)).status_code for client in self.clients}

    def await_all(self, app: str, path: str, credential: str, status: int) -> None:
        """Wait until each of them answers so."""
        until(lambda: self.all(app, path, credential) == {status})

    def post(self, path: str, **body: Any) -> httpx.Response:
        """Send something to the auth routes of one of them."""
        return self.clients[0].post(path, **body)

    def socket(self, app: str, path: str, credential: str | None = None) -> ClientConnection:
        """Open a websocket, wherever it lands."""
        url = self.origin.replace("http", "ws", 1) + path
        return connect(url, additional_headers=_headers(app, credential), proxy=None, open_timeout=60)

    @contextmanager
    def sockets(self, app: str, path: str, credential: str) -> Generator[list[ClientConnection]]:
        """Yield websockets open at both workers, each with its first message read."""
        with ExitStack() as stack:
            opened: list[ClientConnection] = []

            def are_at_both() -> bool:
                opened.append(stack.enter_context(self.socket(app, path, credential)))
                opened[-1].recv(60)
                return len({_worker(one) for one in opened}) == NEEDED

            until(are_at_both)
            yield opened


@contextmanager
def both(origin: str) -> Generator[Workers]:
    """Yield a client of each worker, however the system hands out connections."""
    with ExitStack() as stack:
        found: dict[str, httpx.Client] = {}

        def are_found() -> bool:
            client = httpx.Client(base_url=origin, trust_env=False, verify=NO_TLS, timeout=60)
            stack.enter_context(client)
            try:
                answer = client.get("/open", headers=_headers("bare", None))
            except httpx.ConnectError:  # a worker says that it has started before it listens
                return False
            found.setdefault(answer.headers["x-worker"], client)
            return len(found) == NEEDED

        until(are_found)
        yield Workers(origin, list(found.values()))


def closed(websocket: ClientConnection) -> tuple[int, str]:
    """Wait for the end; return its code and reason."""
    try:
        while True:
            websocket.recv(60)
    except ConnectionClosed as error:
        assert error.rcvd is not None
        return error.rcvd.code, error.rcvd.reason


def said(websocket: ClientConnection) -> Any:
    """Return the next message, read as JSON."""
    return json.loads(websocket.recv(60))


def _headers(app: str, credential: str | None) -> dict[str, str]:
    return {"x-app": app, **({} if credential is None else bearer(credential))}


def _worker(websocket: ClientConnection) -> str:
    assert websocket.response is not None
    return websocket.response.headers["x-worker"]
