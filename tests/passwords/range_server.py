"""A service that speaks the range protocol of Pwned Passwords, on loopback."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STRANGERS = 20
"""How many others of each range are listed."""


def sha1(password: str) -> str:
    """Return what the protocol takes the digits of."""
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@dataclass
class Service:
    """What it knows, and how it behaves: ``counts`` by password, ``gate`` holds answers back."""

    counts: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    status: int = 200
    body: bytes | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def answer(self, prefix: str) -> bytes:
        """Return the rest of what begins so, and some padding that counts for nothing."""
        known = {sha1(password): count for password, count in self.counts.items()}
        mine = [f"{digest[5:]}:{count}" for digest, count in known.items() if digest[:5] == prefix]
        others = [f"{sha1(f'{prefix} {number}')[5:]}:{number % 2}" for number in range(STRANGERS)]
        return "\r\n".join(sorted(mine + others)).encode()


@contextmanager
def serving() -> Generator[Service]:
    """Yield a running service."""
    service = Service()
    service.gate.set()

    class Handler(BaseHTTPRequestHandler):
        """Answers one range."""

        def do_GET(self) -> None:
            """Answer."""
            service.asked.append((self.path, dict(self.headers)))
            service.gate.wait(30)
            body = service.answer(self.path.rpartition("/")[2]) if service.body is None else service.body
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # who asked may have gone
    service.url = f"http://127.0.0.1:{server.server_port}/range"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()
