"""Applications that keep their websocket open: one that waits and renews, one that only sends."""

import asyncio
import sys

from jwt_auth_asgi import renew
from jwt_auth_core.errors import TokenError


async def waiting(scope, receive, send):
    """Repeat messages, take tokens for renewals, and log how it ended."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": await answer(scope, message["text"])})
    log(f"waiting ended {message['type']} {message['code']}")


async def answer(scope, text):
    """Return what a message gets back."""
    if text.count(".") != 2:
        return text
    try:
        return (await renew(scope, text)).identity
    except TokenError as error:
        return error.code


async def sending(_scope, receive, send):
    """Send until that is over; never listen."""
    await receive()
    await send({"type": "websocket.accept"})
    try:
        for number in range(80):
            await send({"type": "websocket.send", "text": str(number)})
            await asyncio.sleep(0.05)
    finally:
        log("sending ended")


def log(text):
    """Write a line where the server writes its own."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def app(scope, receive, send):
    """Route."""
    await {"/waiting": waiting, "/sending": sending}[scope["path"]](scope, receive, send)
