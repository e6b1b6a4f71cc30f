"""Starlette: request.user, request.auth, @requires."""

from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute


def told(connection):
    user, auth = connection.user, connection.auth
    return {"authenticated": user.is_authenticated, "identity": user.identity, "scopes": auth.scopes}


async def whoami(request):
    return JSONResponse(told(request))


@requires("topics:read")
async def topics(request):
    return JSONResponse(told(request))


async def chat(websocket):
    await websocket.accept()
    await websocket.send_json(told(websocket))
    await websocket.close()


app = Starlette(
    routes=[
        Route("/whoami", whoami),
        Route("/open", whoami),
        Route("/topics", topics),
        WebSocketRoute("/ws", chat),
    ]
)
