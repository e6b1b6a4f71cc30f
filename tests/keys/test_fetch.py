"""Fetching a key set: one bounded GET, over https or from this machine, and no redirects."""

from __future__ import annotations

import socket
import threading
import time
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.keys import fetch as fetching
from jwt_auth_core.keys.deadline import Deadline
from jwt_auth_core.keys.fetch import check_url, fetch


class Publisher(BaseHTTPRequestHandler):
    """Answers as its path says."""

    def do_GET(self):
        """Answer."""
        self.server.seen.append((self.path, dict(self.headers)))
        status = int(self.path[1:4])
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/200")
        self.end_headers()
        if self.path == "/200/large":
            self.wfile.write(b" " * (fetching.LARGEST_BYTES + 1))
        elif self.path != "/200/cut":
            self.wfile.write(b'{"keys":[]}')

    def log_message(self, *_):
        """Stay silent."""


@pytest.fixture(scope="module")
def server():
    """Return a server on loopback that remembers what it was asked."""
    made = HTTPServer(("127.0.0.1", 0), Publisher)
    made.seen = []
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def origin(server):
    """Return where the server is."""
    return f"http://127.0.0.1:{server.server_port}"


def test_a_document_is_fetched(server, origin):
    """One GET, without credentials."""
    assert fetch(f"{origin}/200") == b'{"keys":[]}'
    path, headers = server.seen[-1]
    assert path == "/200"
    assert not {"Authorization", "Cookie"} & set(headers)


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 400, 404, 500, 503])
def test_another_status_is_no_document(server, origin, status):
    """Nor is a redirect followed: the keys come from where the configuration says."""
    before = len(server.seen)
    with pytest.raises(StoreUnavailableError, match=f"^{origin}/{status} answers {status}$"):
        fetch(f"{origin}/{status}?key=private")
    assert len(server.seen) == before + 1


def test_a_large_document_is_cut_off(origin):
    """Past 256 KiB nothing more is read."""
    with pytest.raises(StoreUnavailableError, match="larger than 262144"):
        fetch(f"{origin}/200/large")


@pytest.fixture
def dripping(request):
    """Return where a server says one thing, and then an octet at a time for as long as it is heard."""
    said = {"headers": b"HTTP/1.1 200 OK\r\nX: ", "body": b"HTTP/1.1 200 OK\r\n\r\n", "nothing": b""}

    def drip(listening):
        with suppress(OSError), listening.accept()[0] as connected:
            connected.sendall(said[request.param])
            while request.param != "nothing":
                connected.sendall(b" ")
                time.sleep(0.01)
            while connected.recv(1024):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=[listening])
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("dripping", ["headers", "body"], indirect=True)
def test_who_speaks_too_slowly_is_given_up(dripping, monkeypatch):
    """The whole exchange has five seconds, each octet for itself has none."""
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.3)
    with pytest.raises(StoreUnavailableError, match="comes too slowly"):
        fetch(f"http://{dripping}/")


@pytest.mark.parametrize("dripping", ["headers", "nothing"], indirect=True)
def test_a_handshake_has_its_time_as_well(dripping, monkeypatch):
    """Below TLS it is the same connection."""
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.3)
    with pytest.raises(StoreUnavailableError):
        fetch(f"https://{dripping}/")


def test_what_connects_too_late_is_ended_at_once():
    """The time may be over before there is a connection."""
    ours, theirs = socket.socketpair()
    with ours, theirs, Deadline(0) as deadline:
        while not deadline.is_over:
            time.sleep(0.001)
        deadline.hold(ours)
        assert theirs.recv(1) == b""


def test_an_end_that_comes_second_is_none():
    """A connection may be closed by then."""
    ours, theirs = socket.socketpair()
    with theirs, Deadline(60) as deadline:
        deadline.hold(ours)
        ours.shutdown(socket.SHUT_RDWR)
        theirs.close()
        ours.close()
        deadline._end()
    assert deadline.is_over


def _no_thread(*_):
    raise RuntimeError("can't start new thread")


def test_without_a_thread_nothing_is_asked(origin, monkeypatch):
    """What nobody would end is not begun."""
    monkeypatch.setattr(threading.Thread, "start", _no_thread)
    with pytest.raises(StoreUnavailableError, match="no thread"):
        fetch(f"{origin}/200")


def test_nobody_there_is_told(origin):
    """A refused connection, a thing that speaks no TLS: whoever reads the log learns where and what."""
    with pytest.raises(
        StoreUnavailableError, match=r"^http://127.0.0.1:1/ does not answer: Connection.*refused"
    ):
        fetch("http://127.0.0.1:1/")
    with pytest.raises(StoreUnavailableError, match="does not answer: SSLError"):
        fetch(origin.replace("http:", "https:"))
    with pytest.raises(StoreUnavailableError, match=r"does not answer: InvalidURL$"):
        fetch(f"{origin}/a b")


def test_no_proxy_sees_what_is_for_this_machine(origin, monkeypatch):
    """A proxy of the environment is for the world outside."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert fetch(f"{origin}/200") == b'{"keys":[]}'
    handlers = fetching._opener("https://issuer.example", Deadline(60)).handlers
    assert any(isinstance(one, urllib.request.ProxyHandler) for one in handlers)


def test_hosts_are_several():
    """Of one text every part would be a host."""
    with pytest.raises(TypeError, match="not one text"):
        check_url("http://k/", http_hosts="keycloak:8080")


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.example/jwks",
        "HTTPS://issuer.example",
        "http://localhost:8000/x",
        "http://[::1]/",
        "http://127.0.0.9/",
    ],
)
def test_urls_that_may_be_asked(url):
    """Over https anywhere, over http on this machine."""
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://issuer.example",
            "http://127.0.0.1.example",
            "ftp://a",
            "file:///etc/passwd",
            "https:///x",
            "https://",
        ),
        *(
            "https://user:password@issuer.example",
            "https://a@b",
            "https://a/#x",
            "https://ä.example",
            "https://a/\nX: y",
            "//a",
        ),
    ],
)
def test_urls_that_may_not(url):
    """Other schemes, plain http elsewhere, credentials, fragments, odd characters."""  # JWT-09
    with pytest.raises(ValueError, match="key set"):
        check_url(url)
