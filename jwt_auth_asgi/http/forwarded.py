"""What configured proxies say of a request, told to an application as if it had come without them.

For a server that is ours to start: its own reading of these headers is off, so that nothing but
TRUSTED_PROXY_COUNT decides. Pure ASGI.
"""

from __future__ import annotations

from jwt_auth_asgi.asgi import App, Receive, Scope, Send
from jwt_auth_asgi.http.client_address import client, scheme


class Forwarded:
    """Wraps an ASGI application; a class because it keeps how many proxies are trusted."""

    def __init__(self, app: App, *, trusted_proxy_count: int) -> None:
        self._app = app
        self._count = trusted_proxy_count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on with the client and the scheme that the proxies name."""
        if scope["type"] in {"http", "websocket"}:
            address = client(scope, trusted_proxy_count=self._count).address
            told = scheme(scope, trusted_proxy_count=self._count)
            # No port: it is the proxy's, as uvicorn says it.
            scope = {**scope, "scheme": told, "client": (address, 0) if address else None}
        await self._app(scope, receive, send)
