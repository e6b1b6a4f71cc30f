"""Requests octet by octet, as no HTTP library would send them."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Mapping
from typing import Any

PATIENCE_SECONDS = 60.0


def connect(port: int) -> socket.socket:
    """Return an open connection to a server on loopback."""
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)


def request(method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """Return the octets of a request; the headers may say what they want."""
    own = {"Host": "localhost", "Connection": "close", **(headers or {})}
    own.setdefault("Content-Length", str(len(body)))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in own.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def post_json(path: str, value: Any, **headers: str) -> bytes:
    """Return the octets of a POST of a JSON body."""
    return request("POST", path, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def heard(connection: socket.socket) -> bytes:
    """Return what the server says until it closes the connection."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while piece := connection.recv(65536):
            said += piece
    return said


def statuses(said: bytes) -> list[int]:
    """Return the status of every answer in what a server said; bodies of ours are JSON, on one line."""
    return [int(part[:3]) for part in said.split(b"HTTP/1.1 ")[1:]]
