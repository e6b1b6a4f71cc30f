"""A server on loopback that answers a POST as its path says, and remembers what came."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from jwt_auth_core.webhooks.post import LARGEST_BYTES


class Receiver(BaseHTTPRequestHandler):
    """Answers with the status of the path; a query is the header Retry-After."""

    def do_POST(self):
        """Answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        status, _, after = self.path[1:].partition("?")
        self.send_response(int(status[:3]))
        if 300 <= int(status[:3]) < 400:
            self.send_header("Location", "/200")
        if after:
            self.send_header("Retry-After", after.replace("_", " "))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(b" " * (1000 * LARGEST_BYTES if status.endswith("large") else 2))

    def log_message(self, *_):
        """Stay silent."""


@contextmanager
def receiver(context: ssl.SSLContext | None = None) -> Generator[ThreadingHTTPServer]:
    """Yield a server, with TLS where there is a context; ``seen`` is what came."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    made.seen = []
    made.handle_error = lambda *_: None  # a client that does not trust us is no news
    if context is not None:
        made.socket = context.wrap_socket(made.socket, server_side=True)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        thread.join()
        made.server_close()
