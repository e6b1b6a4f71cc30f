"""FastAPI: endpoints that are handed no request, and a guarded dependency."""

from typing import Annotated

from fastapi import Depends, FastAPI, Request, WebSocket

from jwt_auth_asgi import authorize, authorize_sync, rate_limit, require
from jwt_auth_fastapi import CurrentUser
from tests.guards.apps.caller import told
from tests.guards.apps.policies import owns, owns_awaited

app = FastAPI()


@require("reports:read")
def report() -> str:
    return "a report"


@app.get("/open")
def open_to_all() -> str:
    return "open"


@app.get("/me")
@require()
async def me() -> str:
    return "me"


@app.get("/reports")
@require("reports:read")
async def reports() -> str:
    return "reports"


@app.get("/sync")
@require("reports:read")
def sync(limit: int = 10) -> str:
    return f"sync {limit}"


@app.get("/class")
async def dependent(found: Annotated[str, Depends(report)]) -> str:
    return found


@app.get("/fresh")
@require("reports:read", max_age=300, amr={"otp"})
def fresh() -> str:
    return "fresh"


@app.websocket("/fresh-ws")
@require("reports:read", max_age=300, amr={"otp"})
async def fresh_chat(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


@app.websocket("/ws")
@require("reports:read")
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


@app.get("/own")
@require()
async def own(request: Request) -> str:
    await authorize(request, owns_awaited, "ada")
    return "own"


@app.get("/own-sync")
@require()
def own_sync(request: Request) -> str:
    authorize_sync(request, owns, "ada")
    return "own"


@app.get("/own-open")
async def own_open(request: Request) -> str:
    await authorize(request, owns, "ada")
    return "own"


@app.websocket("/ws-own")
async def own_chat(websocket: WebSocket) -> None:
    await authorize(websocket, owns, "ada")
    await websocket.accept()
    await websocket.close()


@app.get("/who")
@require()
def who(user: CurrentUser) -> dict[str, object]:
    return told(user)


@app.websocket("/ws-who")
@require()
async def who_chat(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_json(told(websocket.user))
    await websocket.receive()


@app.get("/limited")
@rate_limit("2/minute")
async def limited() -> str:
    return "limited"


@app.get("/limited-sync")
@rate_limit("2/minute")
def limited_sync() -> str:
    return "limited"


@app.websocket("/ws-limited")
@rate_limit("2/minute")
async def limited_chat(websocket: WebSocket) -> None:
    await websocket.accept()
