"""Hypercorn's trio worker: what verifies tokens is served, an `Auth` is not, and says so."""

from __future__ import annotations

import json

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.asgi.apps.served import tokens
from tests.asgi.serving import served, started
from tests.no_tls import NO_TLS
from tests.processes import end
from tests.servers.valkey import free_port

pytestmark = pytest.mark.slow

SERVER = "hypercorn-trio"
SENTENCE = "is served on asyncio or uvloop only, and this is another event loop"
REFUSED = (503, "asyncio_required")


def fetch(address, path, **headers):
    """Return status, and the problem's code or the whole body."""
    answer = httpx.get(f"http://{address}{path}", headers=headers, trust_env=False, verify=NO_TLS)
    return answer.status_code, answer.json().get("code", answer.json())


def shaken(address, path, **headers):
    """Return the answer to a handshake: the first message, or status and code of the refusal."""
    try:
        with connect(f"ws://{address}{path}", additional_headers=headers, proxy=None) as websocket:
            websocket.send("hello")
            return websocket.recv(60)
    except InvalidStatus as refused:
        return refused.response.status_code, json.loads(refused.response.body)["code"]


@pytest.fixture(scope="module")
def bearer():
    """Return the header of a good token."""
    return {"authorization": f"Bearer {tokens.issue(subject='42', scopes={'topics:read'})}"}


@pytest.mark.parametrize("app", ["bare", "starlette"])
def test_tokens_are_verified_over_http(tmp_path, bearer, app):
    """By the middleware with access tokens, as under any other worker; Starlette's @requires works."""
    with served(SERVER, app, tmp_path / "log") as address:
        known = {"authenticated": True, "identity": "42", "scopes": ["topics:read"]}
        assert fetch(address, "/topics", **bearer) == (200, known)
        assert fetch(address, "/topics", authorization="Bearer x.y.z") == (401, "token_invalid")
        assert fetch(address, "/topics") == (401, "not_authenticated")


def test_an_anonymous_websocket_opens_and_one_with_a_token_is_refused(tmp_path, bearer):
    """The refusal is an answer of ours before the handshake ends, and one line in the log."""
    with served(SERVER, "lasting", tmp_path / "log") as address:
        assert shaken(address, "/waiting") == "hello"
        assert shaken(address, "/waiting", **bearer) == REFUSED
    log = (tmp_path / "log").read_text()
    assert log.count(f"a websocket with a token {SENTENCE}") == 1
    assert "Traceback" not in log


def test_an_auth_ends_the_server_with_the_sentence(tmp_path):
    """Before it takes a request; it is the first thing that the log says."""
    log = tmp_path / "log"
    process = started(SERVER, "app", log, "accounts", port=free_port())
    try:
        process.wait(60)
    finally:
        end(process)
    assert f"an Auth {SENTENCE}" in log.read_text().splitlines()[0]
    assert "no running event loop" not in log.read_text()


def test_without_a_lifespan_requests_and_handshakes_are_refused(tmp_path):
    """With a problem each, no traceback, whether they bring a token or not."""
    with served(SERVER, "startless", tmp_path / "log", "accounts") as address:
        assert [fetch(address, "/auth/me"), fetch(address, "/x", authorization="Bearer x")] == [REFUSED] * 2
        assert shaken(address, "/x") == REFUSED
        assert fetch(address, "/auth/.well-known/jwks.json") == REFUSED
    log = (tmp_path / "log").read_text()
    assert f"an Auth {SENTENCE}" in log
    assert "Traceback" not in log
