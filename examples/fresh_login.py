"""A fresh login: reading takes a session, publishing a password that was typed in the last minute.

    uvicorn examples.fresh_login:app

Register and log in at /docs, and call `POST /publish` after more than a minute: 401
`insufficient_user_authentication`. `POST /auth/reauthenticate` with `{"password": ...}` answers with the
tokens of a new session, which may publish, in the place of the old one.
"""

from fastapi import FastAPI

from jwt_auth_asgi import BearerMiddleware, require
from jwt_auth_core import Auth, development_settings
from jwt_auth_fastapi import CurrentUser, auth_router

auth = Auth.from_settings(development_settings())

app = FastAPI()
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth))


@app.get("/drafts")
def drafts(user: CurrentUser) -> dict[str, str]:
    return {"drafts of": user.identity}


@app.post("/publish")
@require(max_age=60)
def publish(user: CurrentUser) -> dict[str, str | int | None]:
    return {"published by": user.identity, "who logged in at": user.auth_time}
