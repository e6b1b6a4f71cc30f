"""Posting: one bounded exchange, to no address that was not looked at, and no redirects."""

from __future__ import annotations

import email.utils
import socket
import ssl
import threading
import time
from contextlib import suppress

import pytest

from jwt_auth_core.database.resolver import Resolver
from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.webhooks.post import Answer, Poster
from tests.browser.certificate import write_certificate
from tests.webhooks.receiving import receiver

BODY = b'{"type":"user_registered"}'


@pytest.fixture(scope="module")
def server():
    """Return a server over plain http."""
    with receiver() as made:
        yield made


def at(server, path="/200", *, scheme="http", host="127.0.0.1", allow_private=True, seconds=10.0):
    """Return what posts there."""
    url = Secret(f"{scheme}://{host}:{server.server_port}{path}")
    return Poster(url, allow_private=allow_private, seconds=seconds)


def post(*arguments, **named):
    """Post once."""
    return at(*arguments, **named).post(BODY, {"webhook-id": "msg_1"})


@pytest.fixture
def resolving(monkeypatch):
    """Return a list of the addresses that every name has; each look-up takes the first, the last stays."""
    answers = []
    find = lambda *_host, **_within: answers.pop(0) if len(answers) > 1 else answers[0]  # noqa: E731
    monkeypatch.setattr(Resolver, "addresses", find)
    return answers


def test_a_body_is_posted_with_its_headers(server):
    """As it is, to the path and query of the URL."""
    assert post(server, "/204?1") == Answer(status=204, retry_after=1)
    path, headers, body = server.seen[-1]
    assert (path, headers["webhook-id"], body) == ("/204?1", "msg_1", BODY)
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"
    assert not {"Authorization", "Cookie"} & set(headers)


@pytest.mark.parametrize("status", [200, 201, 301, 302, 307, 308, 400, 401, 404, 410, 429, 500, 503])
def test_the_status_is_the_answer(server, status):
    """A redirect is one, too: nothing is sent to where it points."""
    before = len(server.seen)
    assert post(server, f"/{status}") == Answer(status=status)
    assert len(server.seen) == before + 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("0", 0), ("1" * 30, 111_111_111), ("soon", None), ("-1", None), ("1.5", None)],
)
def test_retry_after_is_read(server, header, seconds):
    """Whole seconds; whatever else it is, is nothing."""
    assert post(server, f"/503?{header}").retry_after == seconds


def test_retry_after_may_be_a_date(server):
    """As HTTP has it; one that has gone by is now."""
    later = email.utils.formatdate(time.time() + 500, usegmt=True).replace(" ", "_")
    assert 400 < post(server, f"/503?{later}").retry_after <= 501
    assert post(server, "/503?Fri,_31_Dec_1999_23:59:59_GMT").retry_after == 0


def test_a_large_answer_is_not_read(server):
    """Its status has been said by then."""
    assert post(server, "/200large") == Answer(status=200)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:7f00:1]", "0.0.0.0"]
)
def test_a_private_address_is_refused(server, host):
    """However it is written, unless it is allowed; nothing is sent there."""
    before = len(server.seen)
    assert post(server, scheme="https", host=host, allow_private=False) == Answer(error="address_refused")
    assert len(server.seen) == before


def test_a_name_that_has_one_later_gains_nothing(server, resolving, monkeypatch):
    """What was checked is what is connected to, whatever the name server says the next time."""
    connected = []

    def connect(address, _timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    resolving.extend([("1.1.1.1", "10.0.0.1", "2606:4700::1"), ("127.0.0.1",)])
    poster = at(server, scheme="https", host="rebinding.example", allow_private=False)
    assert poster.post(BODY, {}) == Answer(error="unreachable")
    assert [host for host, _ in connected] == ["1.1.1.1", "2606:4700::1"]
    assert poster.post(BODY, {}) == Answer(error="address_refused")
    assert len(connected) == 2


def test_plain_http_stays_on_this_machine(server, resolving):
    """Also where the file of hosts says that localhost is elsewhere."""
    resolving.append(("10.0.0.1", "1.1.1.1"))
    assert post(server, host="localhost") == Answer(error="address_refused")


def test_the_next_address_is_tried(server, resolving):
    """Where the first does not answer."""
    resolving.append(("127.0.0.2", "127.0.0.1"))
    with socket.create_server(("127.0.0.2", 0)) as other:
        closed = other.getsockname()
    assert closed[0] == "127.0.0.2"
    assert post(server, host="localhost") == Answer(status=200)


def test_proxies_of_the_environment_are_not_used(server, monkeypatch):
    """They would look the name up themselves."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(server) == Answer(status=200)


def test_nobody_there_is_an_answer(monkeypatch):
    """Of a port, a name, and a machine without threads."""
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    gone = Poster(Secret(f"http://127.0.0.1:{port}/"), allow_private=True)
    assert gone.post(BODY, {}) == Answer(error="unreachable")
    assert Poster(Secret("https://nobody.invalid/")).post(BODY, {}) == Answer(error="host_unknown")

    def no_thread(_self):
        raise RuntimeError

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    assert gone.post(BODY, {}) == Answer(error="overloaded")


@pytest.fixture
def dripping(request):
    """Return where a server says one thing, and then an octet at a time for as long as it is heard."""

    def drip(listening):
        with suppress(OSError), listening.accept()[0] as connected:
            connected.sendall(request.param)
            while request.param:
                connected.sendall(b" ")
                time.sleep(0.01)
            while connected.recv(1024):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=[listening])
        thread.start()
        yield listening.getsockname()[1]
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    ("dripping", "scheme", "expected"),
    [
        (b"", "http", Answer(error="timeout")),
        (b"HTTP/1.1 200 OK\r\nX: ", "http", Answer(status=200)),
        (b"HTTP/1.1 ", "http", Answer(error="timeout")),
        (b"HTTP/1.1 200 OK\r\n\r\n", "http", Answer(status=200)),
        (b"", "https", Answer(error="timeout")),
        (b"\x16\x03", "https", Answer(error="timeout")),
        (b"no HTTP\r\n", "http", Answer(error="unreachable")),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, "http", Answer(status=200)),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, "http", Answer(error="timeout")),
    ],
    indirect=["dripping"],
)
def test_who_speaks_too_slowly_is_given_up(dripping, scheme, expected):
    """The whole exchange has its time; a status that was said in it counts."""
    poster = Poster(Secret(f"{scheme}://127.0.0.1:{dripping}/"), allow_private=True, seconds=0.5)
    assert poster.post(BODY, {}) == expected


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return the paths of a key and a certificate for 127.0.0.1."""
    return write_certificate(tmp_path_factory.mktemp("tls"))


def test_a_certificate_must_be_trusted_and_of_the_name(certificate, monkeypatch):
    """The name that stands in the URL, though it is an address that is connected to."""
    key, chain = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with receiver(context) as server:
        assert post(server, scheme="https") == Answer(error="tls_failed")
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        assert post(server, scheme="https") == Answer(status=200)
        assert post(server, scheme="https", host="localhost") == Answer(error="tls_failed")
        assert len(server.seen) == 1
