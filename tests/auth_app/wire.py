"""Raw HTTP/1.1 over a socket: what is sent is exactly what the test wrote."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """A status, the body, and how long it took; status 0 when the server just closed the connection."""

    status: int
    body: bytes
    seconds: float


def post(path, body=b"", *headers, kind="application/json"):
    """Return the bytes of a POST."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: x",
        f"Content-Type: {kind}",
        f"Content-Length: {len(data)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + data


async def exchange(address, data) -> Reply:
    """Send the bytes on a connection of their own; return the first reply."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(data)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        return Reply(int(head.split()[1]), body, time.perf_counter() - began)
    except (ConnectionError, asyncio.IncompleteReadError):
        return Reply(0, b"", time.perf_counter() - began)
    finally:
        writer.close()


def _length(head):
    lines = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n") if b": " in line)
    return int(lines.get(b"content-length", 0))
