"""Websockets that outlive their token, under uvicorn (both of its parsers), hypercorn and granian."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from tests.asgi.apps.served import tokens
from tests.asgi.serving import COMMANDS, served
from tests.revocations.parts import until

pytestmark = pytest.mark.slow


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
            last = websocket.recv(60)
    except ConnectionClosed as error:
        assert error.rcvd is not None
        return error.rcvd.code, error.rcvd.reason, last


def left_to_expire(server, seconds):
    """Wait for the end without a word."""
    with opened(server, "/waiting", seconds) as websocket:
        websocket.send("hello")
        return closed(websocket)


def sent_to(server, seconds):
    """Let the application talk until the end."""
    with opened(server, "/sending", seconds) as websocket:
        return closed(websocket)


def renewed(server, seconds):
    """Send a bad token, a fresh one and a word; return the answers, and which end it was."""
    with opened(server, "/waiting", seconds) as websocket:
        answers = []
        begun = time.monotonic()
        for text in ("a.b.c", token(2 * seconds), "hello"):
            websocket.send(text)
            answers.append(websocket.recv(60))
        return answers, closed(websocket)[0], time.monotonic() - begun > seconds


def in_time(story, server):
    """Return what a story tells; on a slow machine its token may be over before it begins."""
    for seconds in (2, 10, 50):
        with suppress(InvalidHandshake, ConnectionClosed):
            return story(server, seconds)
    raise AssertionError(server[1].read_text())


@pytest.fixture(scope="module", params=COMMANDS)
def told(request, tmp_path_factory):
    """Return what clients of a server were told, all of them at the same time, and the server's log."""
    log = tmp_path_factory.mktemp("server") / "log"
    stories = (left_to_expire, sent_to, renewed)
    with served(request.param, "lasting", log) as address, ThreadPoolExecutor() as pool:
        results = dict(
            zip(stories, pool.map(lambda tell: in_time(tell, (address, log)), stories), strict=True)
        )
        until(lambda: log.read_text().count("waiting ended websocket.disconnect 3000") >= 2)
        until(lambda: "sending ended" in log.read_text(), within_seconds=60)
        yield results, log.read_text()


@pytest.fixture
def reason(request):
    """Return the reason that clients of the server read: daphne sends none, whatever it is told."""
    return "" if "daphne" in request.node.callspec.id else "access token expired"


def test_the_client_reads_code_and_reason(told, reason):
    """At the end of the token; the waiting application is disconnected with the same code."""
    assert told[0][left_to_expire] == (3000, reason, "hello")


def test_an_application_that_only_sends_is_closed(told, reason):
    """Without a trace in the log but its own: as when its client leaves."""
    results, log = told
    code, told_reason, last = results[sent_to]
    assert (code, told_reason, last is not None) == (3000, reason, True)
    assert "Traceback" not in log


def test_a_renewed_websocket_goes_on(told):
    """Until the end of the later token; a bad one changes nothing."""
    assert told[0][renewed] == (["token_invalid", "42", "hello"], 3000, True)
