"""Event loops: what needs asyncio's says so in one sentence where a server runs another one.

Hashes, batches and websockets wait on asyncio's futures and timers. Verifying a token waits for nothing.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from jwt_auth_asgi.asgi import Receive, Send
from jwt_auth_core.errors import AuthError

AN_AUTH: Final = "an Auth"
A_WEBSOCKET: Final = "a websocket with a token"

logger = logging.getLogger("jwt_auth")


class AsyncioRequiredError(AuthError):
    """Raised when a server with another event loop, such as trio's, serves what needs asyncio's."""

    code = "asyncio_required"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is served on asyncio or uvloop only, and this is another event loop: "
            "start hypercorn without --worker-class trio"
        )


def is_asyncio() -> bool:
    """Tell whether the caller runs on asyncio's event loop, or on one with its interface."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def require_asyncio(what: str = AN_AUTH) -> None:
    """Raise AsyncioRequiredError under another event loop."""
    if not is_asyncio():
        raise AsyncioRequiredError(what)


async def refuse_to_start(receive: Receive, send: Send) -> None:
    """Answer a lifespan: the server ends with the sentence, and the log has it too."""
    await receive()
    sentence = str(AsyncioRequiredError(AN_AUTH))
    logger.error("%s", sentence)
    await send({"type": "lifespan.startup.failed", "message": sentence})
