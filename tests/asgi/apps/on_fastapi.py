"""FastAPI: plain functions and Starlette's request."""

from fastapi import FastAPI, Request, WebSocket
from starlette.authentication import requires

from tests.asgi.apps.on_starlette import told

app = FastAPI()


@app.get("/whoami")
@app.get("/open")
def whoami(request: Request) -> dict[str, object]:
    return told(request)


@app.get("/topics")
@requires("topics:read")
async def topics(request: Request) -> dict[str, object]:
    return told(request)


@app.websocket("/ws")
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_json(told(websocket))
    await websocket.close()
