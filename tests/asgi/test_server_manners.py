"""What real servers make of requests that others write otherwise: cookies, ports, white space."""

from __future__ import annotations

import socket

import httpx
import pytest

from tests.asgi.serving import COMMANDS, served
from tests.auth_app.suite.client import ADA, COOKIE, LOGIN
from tests.no_tls import NO_TLS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=COMMANDS)
def address(request, tmp_path_factory):
    """Return where a server listens that has accounts."""
    with served(request.param, "app", tmp_path_factory.mktemp("server") / "log", "accounts") as address:
        yield address


def raw(address, *lines, path="/auth/me", method="GET"):
    """Send header lines as they are, without a library's tidiness; return status and body."""
    host, port = address.split(":")
    head = [f"{method} {path} HTTP/1.1", *lines, "Content-Length: 0", "Connection: close", "", ""]
    with socket.create_connection((host, int(port)), timeout=60) as wire:
        wire.sendall("\r\n".join(head).encode("latin-1"))
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    return int(answer.split()[1]), answer.decode("latin-1")


def log_in(address, **http):
    """Register Ada and log her in; return her access token and her refresh token."""
    with httpx.Client(trust_env=False, base_url=f"http://{address}", **http, verify=NO_TLS) as client:
        client.post("/auth/register", json=ADA)
        answer = client.post("/auth/login", json=LOGIN)
    return answer.json()["access_token"], answer.headers["set-cookie"].partition(";")[0].partition("=")[2]


def test_white_space_behind_a_header_is_no_part_of_it(address):
    """Uvicorn with httptools leaves it in the value; the token, the cookie and the origin are good anyway."""
    # ASGI-04, CK-02
    access, refresh = log_in(address)
    cookie = f"Cookie: theme=dark; {COOKIE}={refresh} \t"
    sender = ("Host: app.example ", "Origin: http://app.example  ", cookie)
    assert raw(address, "Host: x ", f"Authorization:  Bearer {access} \t ")[0] == 200
    assert raw(address, *sender, path="/auth/refresh", method="POST")[0] == 200


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "bearer \t"])
def test_a_scheme_without_a_token_is_malformed(address, value):
    """Whatever a server leaves of the white space, an empty token is a bad one, not none."""
    # ASGI-04
    status, answer = raw(address, "Host: x", f"Authorization: {value}")
    assert status == 401
    assert 'error="invalid_token"' in answer


def test_cookies_in_several_lines_are_one_header(tmp_path):
    """HTTP/2 splits them, and granian hands them on so (RFC 9113, section 8.2.3); its ports are texts."""
    # CK-02
    http2 = {"http1": False, "http2": True}
    with served("granian-h2", "app", tmp_path / "log", "accounts") as address:
        access, refresh = log_in(address, **http2)
        with httpx.Client(trust_env=False, base_url=f"http://{address}", **http2, verify=NO_TLS) as client:
            cookies = [("cookie", "theme=dark"), ("cookie", f"{COOKIE}={refresh}"), ("cookie", "lang=de")]
            answer = client.post("/auth/refresh", headers=cookies)
            listed = client.get("/auth/sessions", headers={"authorization": f"Bearer {access}"})
    assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)
    assert [session["address"] for session in listed.json()["sessions"]] == ["127.0.0.1"]
