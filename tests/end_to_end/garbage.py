"""Requests that nobody should send: whole ones of strange content, and broken ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.end_to_end.raw import request

ROUTES = [
    ("POST", "/auth/register"),
    ("POST", "/auth/login"),
    ("POST", "/auth/token"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/logout"),
    ("GET", "/auth/me"),
    ("GET", "/questions/topics"),
]

JSON, FORM = "application/json", "application/x-www-form-urlencoded"

STRANGE_TEXTS: list[Any] = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "\u202eevil",
    "\r\nSet-Cookie: a=b",
    "'; DROP TABLE users; --",
    "%s%s%n{0}{}",
    "é" * 300,
    "😀" * 40,
    "a" * 15_000,
    None,
    True,
    -1,
    1.5,
    2**63,
    10**15,
    [],
    [[]],
    {},
    {"$ne": None},
]

BODIES: list[tuple[str, bytes]] = [
    (JSON, b""),
    (JSON, b"{"),
    (JSON, b"null"),
    (JSON, b"[]"),
    (JSON, b'"x"'),
    (JSON, b"\xff\xfe\xfa"),
    (JSON, b'{"email": "\xc3\x28"}'),
    (JSON, b"\xef\xbb\xbf{}"),
    (JSON, '{"email": 1}'.encode("utf-16")),
    (JSON, b"[" * 16_000),
    (JSON, b'{"a":' * 3_000),
    (JSON, b'{"a": NaN}'),
    (JSON, b'{"a": 1e999999}'),
    (JSON, b'{"a": ' + b"9" * 5_000 + b"}"),
    (JSON, b'{"email": 1, "email": 2}'),
    (JSON, b'{"email": "\\ud800", "password": "\\udc00"}'),
    (JSON, b"{}" + b" " * 16_380),
    (JSON, b"{" + b'"a": 1, ' * 15_000 + b'"b": 2}'),
    (FORM, b"=" * 5_000),
    (FORM, b"a&" * 8_000),
    (FORM, b"a=1&" * 100_000),
    (FORM, b"%" * 100),
    (FORM, b"username=%ff&password=%00"),
    (FORM, b"username=\xff&password=\x00"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--"),
    ("multipart/form-data", b"--x"),
    ("application/json; charset=utf-16", b"{}"),
    ("application/json;" + ";" * 1_000, b"{}"),
    ("\xff/\xfe", b"{}"),
    ("", b"{}"),
    ("text/plain", b"{}"),
    ("application/xml", b"<a/>"),
]

HEADERS: list[dict[str, str]] = [
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer " + "." * 5_000},
    {"Authorization": "Bearer a.b.c"},
    {"Authorization": "Bearer \xff\xfe"},
    {"Authorization": "Basic " + "A" * 5_000},
    {"Authorization": "\xa0"},
    {"Cookie": "refresh_token=\xff"},
    {"Cookie": 'refresh_token="a"; refresh_token=b'},
    {"Cookie": ";" * 5_000},
    {"Cookie": "refresh_token=" + "A" * 5_000},
    {"Cookie": "=" * 100},
    {"Host": "\xff"},
    {"Host": ""},
    {"Host": "a" * 3_000},
    {"Origin": "null", "Cookie": "refresh_token=x"},
    {"Origin": "\xff", "Sec-Fetch-Site": "\xff"},
    {"X-Forwarded-For": "," * 500, "User-Agent": "\x1b[31m\xff" * 300},
    {"Content-Encoding": "gzip"},
    {"Content-Length": "0" * 500},
    {"Expect": "100-continue"},
    {"Expect": "nonsense"},
    {"Upgrade": "websocket", "Connection": "Upgrade"},
    {"Sec-WebSocket-Protocol": "bearer, \xff", "Connection": "close"},
    {"Accept": "*" * 3_000},
    {"X" * 1_000: "y" * 1_000},
]

PATHS = [
    "/",
    "//",
    "/docs",
    "/openapi.json",
    "/auth",
    "/auth/",
    "/auth/login/",
    "//auth/login",
    "/auth//login",
    "/AUTH/LOGIN",
    "/auth/%6cogin",
    "/auth/login%00",
    "/auth/%ff%fe",
    "/auth/../auth/me",
    "/auth/me;a=b",
    "/auth/me?" + "a=%" * 1_000,
    "/auth/refresh?refresh_token=x",
    "/" + "a" * 8_000,
    "/%",
    "/\xff",
    "*",
    "http://[::1/auth/me",
    "http://elsewhere.example/auth/me",
]

METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "BREW", "A" * 2_000]

BROKEN: list[bytes] = [
    b"",
    b"\r\n\r\n",
    b"\0" * 1_000,
    b"GET",
    b"GET /auth/me",
    b"GET /auth/me HTTP/9.9\r\n\r\n",
    b"GET /auth/me\r\n\r\n",
    b"GET /auth/me HTTP/1.1\r\nHost",
    b"GET /auth/me HTTP/1.1\r\nno colon\r\n\r\n",
    b"GET /auth/me HTTP/1.1\r\n: empty\r\n\r\n",
    b"GET /auth/me HTTP/1.1\r\na: b\0c\r\n\r\n",
    b"GET /auth/me HTTP/1.1\r\n" + b"a: b\r\n" * 2_000 + b"\r\n",
    b"GET /auth/me HTTP/1.1\r\na: " + b"b" * 200_000 + b"\r\n\r\n",
    b"GET /auth/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 1e3\r\n\r\n",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 400 + b"\r\n\r\n{}",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n{",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}{}{}{}",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 500,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]

CREDENTIALS = {
    "email": "garbage@example.com",
    "password": "correct tidal lantern",
    "first_name": "Ada",
    "last_name": "Lovelace",
}


def strange_fields() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (path, fields) with one field that is strange, and all others as they should be."""
    for value in STRANGE_TEXTS:
        for name in CREDENTIALS:
            yield "/auth/register", {**CREDENTIALS, name: value}
        for name in ("email", "password", "transport"):
            yield "/auth/login", {**CREDENTIALS, name: value}
        yield "/auth/refresh", {"refresh_token": value}
        yield "/auth/logout", {"refresh_token": value}


def whole() -> Iterator[bytes]:
    """Yield complete requests that make no sense."""
    for method, path in ROUTES:
        for kind, body in BODIES:
            yield request(method, path, body, {"Content-Type": kind})
        for headers in HEADERS:
            yield request(method, path, b"", headers)
        for other in METHODS:
            yield request(other, path)
    for path in PATHS:
        yield request("GET", path)
        yield request("POST", path, b"{}", {"Content-Type": JSON})


def as_json(fields: dict[str, Any]) -> bytes:
    """Return fields as JSON, lone surrogates escaped."""
    return json.dumps(fields).encode("ascii")
