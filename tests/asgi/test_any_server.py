"""Under real servers, with real clients: uvicorn, hypercorn, granian and daphne, bare and with Starlette."""

import json
import time

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.asgi.apps.served import tokens
from tests.asgi.serving import COMMANDS, served
from tests.no_tls import NO_TLS

pytestmark = pytest.mark.slow

KNOWN = {"authenticated": True, "identity": "42", "scopes": ["topics:read"]}
ANONYMOUS = {"authenticated": False, "identity": "", "scopes": []}


@pytest.fixture(
    scope="module",
    params=[(server, app) for server in COMMANDS for app in ("bare", "starlette")],
    ids="-".join,
)
def server(request, tmp_path_factory):
    """Return address and log of a running server."""
    log = tmp_path_factory.mktemp("server") / "log"
    with served(*request.param, log) as address:
        yield address, log


@pytest.fixture(scope="module")
def address(server):
    """Return the host and port of the server."""
    return server[0]


@pytest.fixture(scope="module")
def token():
    """Return a valid token."""
    return tokens.issue(subject="42", scopes={"topics:read"})


@pytest.fixture(scope="module")
def expired():
    """Return a token that ran out a minute ago."""
    return tokens.issue(subject="42", now=int(time.time()) - tokens.ttl_seconds - 60)


def fetch(address, path, *headers, method="GET"):
    """Send one request with a client that knows nothing of ASGI."""
    with httpx.Client(trust_env=False, base_url=f"http://{address}", verify=NO_TLS) as client:
        return client.request(method, path, headers=list(headers))


def bearer(token):
    """Return the header that carries a token."""
    return "Authorization", f"Bearer {token}"


def talk(address, *, headers=(), offered=None):
    """Open a websocket; return the chosen subprotocol and the first message."""
    options = {"additional_headers": list(headers), "subprotocols": offered, "proxy": None}
    with connect(f"ws://{address}/ws", **options) as websocket:
        return websocket.subprotocol, json.loads(websocket.recv(60))


def refused(address, **offer):
    """Return the answer to a handshake that fails."""
    with pytest.raises(InvalidStatus) as caught:
        talk(address, **offer)
    return caught.value.response


def test_a_token_is_known_and_its_absence_refused(address, token):
    """What the suite shows in process holds behind sockets."""
    assert fetch(address, "/topics", bearer(token)).json() == KNOWN
    assert fetch(address, "/open").json() == ANONYMOUS
    answer = fetch(address, "/topics")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="api"')
    assert answer.json()["code"] == "not_authenticated"


def test_bad_credentials_are_refused(address, token, expired):
    """Expired, forged and twice, each with its status."""
    assert fetch(address, "/open", bearer(expired)).json()["detail"] == "Access token expired"
    assert fetch(address, "/open", bearer(token[:-4] + "AAAA")).json()["code"] == "token_invalid"
    assert fetch(address, "/open", bearer(token), bearer(token)).status_code == 400


def test_a_head_request_is_refused_in_order(address, token):
    """A refused HEAD has no content that would be taken for the next answer."""
    with httpx.Client(trust_env=False, base_url=f"http://{address}", verify=NO_TLS) as client:
        head, then = client.head("/topics"), client.get("/topics", headers=[bearer(token)])
    assert (head.status_code, head.content) == (401, b"")
    assert then.json() == KNOWN


def test_a_refused_upload_is_answered(address, token):
    """A body that nobody read is the server's to drain or to cut; the refusal arrives, the server lives."""
    # ASGI-12
    with httpx.Client(trust_env=False, base_url=f"http://{address}", verify=NO_TLS) as client:
        assert client.post("/topics", content=bytes(100_000)).status_code == 401
    assert fetch(address, "/topics", bearer(token)).json() == KNOWN


def test_a_path_in_another_spelling_is_not_public(address):
    """Whatever the server makes of it."""
    # ASGI-08
    for path in (
        "//open",
        "/open/",
        "/open%00",
        "/open%2f..%2ftopics",
        "/x/../topics",
        "/%2fopen",
        "/open;x",
    ):
        assert fetch(address, path).status_code == 401, path


def test_a_websocket_is_accepted_by_header_and_by_subprotocol(address, token):
    """A browser's offer is confirmed, a script's header needs no confirmation."""
    assert talk(address, headers=[bearer(token)]) == (None, KNOWN)
    assert talk(address, offered=["bearer", token]) == ("bearer", KNOWN)
    assert talk(address, offered=["chat.v1", "bearer", token]) == ("bearer", KNOWN)


def test_a_websocket_is_refused_in_the_handshake(request, address, token, expired):
    """Status, challenge and problem arrive, but from daphne, which can only say 403."""
    # ASGI-02
    if "daphne" in request.node.callspec.id:
        assert refused(address).status_code == 403
        assert refused(address, offered=["bearer", expired]).status_code == 403
        return
    answer = refused(address)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert json.loads(answer.body)["code"] == "not_authenticated"
    assert refused(address, offered=["bearer", expired]).status_code == 401
    assert refused(address, headers=[bearer(token)], offered=["bearer", token]).status_code == 400


def test_no_token_is_in_the_servers_log(server, token):
    """The server's usual log, with a line for each request, shows no token, wherever it was sent."""
    # LOG-1
    address, log = server
    fetch(address, "/topics", bearer(token))
    talk(address, offered=["bearer", token])
    assert token not in log.read_text()
