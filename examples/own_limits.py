"""Limits of an application's own routes: by address, by user, of a whole application, of a websocket.

    uvicorn examples.own_limits:app

What is over a limit is answered 429 with `Retry-After`; all workers count together, in the stores of the
`Auth`.
"""

from fastapi import Depends, FastAPI, WebSocket
from fastapi.responses import PlainTextResponse

from jwt_auth_asgi import BearerMiddleware, rate_limit
from jwt_auth_core import Auth, development_settings
from jwt_auth_fastapi import CurrentUser, auth_router
from jwt_auth_fastapi import rate_limit as limited

auth = Auth.from_settings(development_settings())

app = FastAPI()
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth))


@app.get("/search")
@rate_limit("3/minute")  # of an address; below the decorator of the route
async def search(word: str) -> dict[str, str]:
    return {"found": word}


@app.get("/reports", dependencies=[Depends(limited("2/minute;100/day", by="user"))])
def reports(user: CurrentUser) -> dict[str, str]:
    return {"report for": user.identity}


@app.websocket("/talk")
@rate_limit("1/minute")  # refused before it is accepted
async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


downloads = PlainTextResponse("a large file\n")  # or any other ASGI application
app.mount("/downloads", rate_limit("2/minute", name="downloads")(downloads))
