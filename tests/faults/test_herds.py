"""Five hundred logins at the same moment, through a real server."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import ExitStack, closing

import pytest

from jwt_auth_asgi.executors.pool import cores
from jwt_auth_core.passwords import PasswordPolicy, Passwords
from jwt_auth_core.vocabulary import Secret
from tests.cheap import CHEAP, CheapHasher
from tests.end_to_end import raw
from tests.end_to_end.serving import PATIENCE_SECONDS
from tests.end_to_end.visitor import PASSWORD, Visitor

HERD = 500
QUEUE = 20


class Slow(CheapHasher):
    """A hasher that takes as long as the test wants, and counts how many hashes run at once."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.gate = threading.Event()
        self.gate.set()
        self.running, self.most = 0, 0
        self._counting = threading.Lock()

    def verify(self, password: Secret, stored: str) -> bool:
        with self._counting:
            self.running += 1
            self.most = max(self.most, self.running)
        assert self.gate.wait(PATIENCE_SECONDS)
        with self._counting:
            self.running -= 1
        return super().verify(password, stored)


@pytest.fixture
def hasher():
    """Return the hasher; it lets everything through in the end."""
    hasher = Slow()
    yield hasher
    hasher.gate.set()


@pytest.fixture
def site(site_on, hasher):
    """Return a site with a short queue before its hash threads."""
    passwords = Passwords(hasher, PasswordPolicy.default())
    return site_on("starlette", parts={"passwords": passwords}, HASH_QUEUE=str(QUEUE))


def answered(connections: list[socket.socket], count: int) -> list[bytes]:
    """Wait until so many of the connections have been answered; return the answers, and forget those."""
    found: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        while len(found) < count:
            ready = selector.select(PATIENCE_SECONDS)
            assert ready
            for key, _ in ready:
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                selector.unregister(connection)
                connections.remove(connection)
                found.append(raw.heard(connection))
    return found


def test_a_herd_of_logins(site, hasher):
    """A few are hashed, a few wait, all others hear 503 and when to come again; nobody else waits."""
    # F-20, PW-06
    ada = site.member()
    octets = raw.post_json("/auth/login", {"email": ada.email, "password": PASSWORD})
    room = cores() + QUEUE
    hasher.gate.clear()
    with ExitStack() as stack:
        herd = [stack.enter_context(closing(raw.connect(site.server.port))) for _ in range(HERD)]
        for connection in herd:
            connection.sendall(octets)
        refused = answered(herd, HERD - room)
        assert {tuple(raw.statuses(one)) for one in refused} == {(503,)}
        assert all(b"\r\nretry-after: " in one for one in refused)
        for use in (Visitor.topics, Visitor.me, Visitor.refresh):
            assert use(ada).status_code == 200
        hasher.gate.set()
        served = answered(herd, len(herd))
    assert {tuple(raw.statuses(one)) for one in served} <= {(200,), (503,)}
    assert hasher.most <= cores()
    site.settle()
    assert ada.login().status_code == 200
