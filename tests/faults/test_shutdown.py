"""A server that is told to end, by SIGTERM: requests under way, and open websockets."""

from __future__ import annotations

import re
import signal
import socket

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.end_to_end.serving import PATIENCE_SECONDS, worker
from tests.end_to_end.site import KEY
from tests.end_to_end.visitor import Visitor

pytestmark = pytest.mark.slow

BODY = b'{"email": "nobody@example.com", "password": "a long and quiet river"}'
HEAD = (
    b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY)
)


@pytest.fixture
def served(closing, tmp_path):
    """Return what serves by a command, in an empty directory."""

    def start(*command):
        env = {"JWT_KEY": KEY, "COOKIE_SECURE": "false"}
        return closing.enter_context(worker(*command, "--port", "0", directory=tmp_path, env=env))

    return start


def ended_well(process):
    """Say that a process has ended, and complained of nothing."""
    assert process.ended() in {0, -signal.SIGTERM}
    assert not re.search("Traceback|ERROR", process.output)


def test_a_request_under_way_is_answered(served):
    """Whoever is in the midst of sending one is let end, and hears the answer."""
    # F-27
    process = served("jwt-auth", "serve")
    port = int(process.origin().rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as visitor:
        visitor.sendall(HEAD)
        assert visitor.recv(99).startswith(b"HTTP/1.1 100 ")
        process.send(signal.SIGTERM)
        process.await_line(re.compile("Shutting down"))
        visitor.sendall(BODY)
        assert visitor.recv(9999).startswith(b"HTTP/1.1 401 ")
    ended_well(process)


def test_a_websocket_is_told_that_the_service_restarts(served):
    """Code 1012: its client comes again, to another worker; no ticket or token is needed for that hint."""
    # F-27
    process = served("uvicorn", "examples.websocket:app")
    origin = process.origin()
    visitor = Visitor(origin)
    visitor.register()
    assert visitor.login().status_code == 200
    place = origin.replace("http", "ws", 1) + "/echo"
    with connect(place, additional_headers={"authorization": f"Bearer {visitor.access}"}) as talking:
        talking.send("hello")
        assert talking.recv().endswith("said hello")
        process.send(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            talking.recv()
    assert closed.value.rcvd.code == 1012
    visitor.close()
    ended_well(process)
