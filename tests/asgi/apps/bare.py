"""An ASGI callable, no framework."""

import json


async def app(scope, receive, send):
    """Answer http and websocket; finish lifespan."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    user, auth = scope["user"], scope["auth"]
    text = json.dumps(
        {"authenticated": user.is_authenticated, "identity": user.identity, "scopes": list(auth.scopes)}
    )
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": text})
        await send({"type": "websocket.close", "code": 1000})
        return
    status = 403 if scope["path"] == "/topics" and "topics:read" not in auth.scopes else 200
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


async def _lifespan(receive, send):
    for step in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{step}.complete"})
