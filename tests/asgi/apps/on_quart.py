"""Quart: the scope behind its request and websocket."""

from quart import Quart, abort, request, websocket

app = Quart(__name__)


def told(scope):
    user, auth = scope["user"], scope["auth"]
    return {"authenticated": user.is_authenticated, "identity": user.identity, "scopes": auth.scopes}


@app.get("/whoami")
@app.get("/open")
async def whoami():
    return told(request.scope)


@app.get("/topics")
async def topics():
    if "topics:read" not in request.scope["auth"].scopes:
        abort(403)
    return told(request.scope)


@app.websocket("/ws")
async def chat():
    await websocket.send_json(told(websocket.scope))
    await websocket.close(1000)
