"""Websockets that outlive their token, under uvicorn (both of its parsers), hypercorn and granian."""

from __future__ import annotations

import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.asgi.apps.served import tokens
from tests.asgi.serving import COMMANDS, served
from tests.revocations.parts import until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=COMMANDS)
def server(request, tmp_path_factory):
    """Return address and log of a running server."""
    log = tmp_path_factory.mktemp("server") / "log"
    with served(request.param, "lasting", log) as address:
        yield address, log


def token(seconds: int) -> str:
    """Return a token that has so many seconds left, of the one session of these tests."""
    now = int(time.time()) - tokens.ttl_seconds + seconds
    return tokens.issue(subject="42", session_id="5e55", now=now)


def opened(server, path, seconds):
    """Open a websocket as a script does."""
    header = {"Authorization": f"Bearer {token(seconds)}"}
    return connect(f"ws://{server[0]}{path}", additional_headers=header, proxy=None)


def closed(websocket):
    """Read to the end; return code, reason and the last message."""
    last = None
    try:
        while True:
            last = websocket.recv(20)
    except ConnectionClosed as error:
        assert error.rcvd is not None
        return error.rcvd.code, error.rcvd.reason, last


def test_the_client_reads_code_and_reason(server):
    """At the end of the token, to the second; the waiting application is disconnected with the same code."""
    with opened(server, "/waiting", 3) as websocket:
        websocket.send("hello")
        assert closed(websocket) == (3000, "access token expired", "hello")
    until(lambda: "waiting ended websocket.disconnect 3000" in server[1].read_text())


def test_an_application_that_only_sends_is_closed(server):
    """Without a trace in the log but its own: as when its client leaves."""
    with opened(server, "/sending", 2) as websocket:
        code, reason, last = closed(websocket)
    assert (code, reason, last is not None) == (3000, "access token expired", True)
    until(lambda: "sending ended" in server[1].read_text(), within_seconds=15)
    assert "Traceback" not in server[1].read_text()


def test_a_renewed_websocket_goes_on(server):
    """Until the end of the later token; a bad one changes nothing."""
    with opened(server, "/waiting", 2) as websocket:
        answers = []
        for text in ("a.b.c", token(4), "hello"):
            websocket.send(text)
            answers.append(websocket.recv(10))
        assert answers == ["token_invalid", "42", "hello"]
        started = time.monotonic()
        assert closed(websocket)[0] == 3000
        assert time.monotonic() - started > 2
