"""Fetching a key set: one bounded GET, over https or from this machine, and no redirects."""

from __future__ import annotations

import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.keys import fetch as fetching
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


def test_a_slow_document_is_given_up(origin, monkeypatch):
    """The whole of it has five seconds."""
    ticks = iter([0.0, 6.0])
    monkeypatch.setattr(fetching.time, "monotonic", lambda: next(ticks))
    with pytest.raises(StoreUnavailableError, match="too slowly"):
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
    handlers = fetching._opener("https://issuer.example").handlers
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
