"""API keys: a route for people and their programs alike, and one for people alone.

    uvicorn examples.api_keys:app

Register and log in at /docs, make a key with `POST /auth/api-keys`, then

    curl -H "Authorization: Bearer jak_..." http://127.0.0.1:8000/reports
"""

from fastapi import FastAPI, HTTPException

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import Auth, development_settings
from jwt_auth_fastapi import CurrentUser, auth_router

auth = Auth.from_settings(development_settings())

app = FastAPI()
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth))


@app.get("/reports")
def reports(user: CurrentUser) -> dict[str, str]:
    return {"report for": user.identity, "asked by": user.kind}


@app.post("/orders")
def order(user: CurrentUser) -> dict[str, str]:
    if user.kind != "user":
        raise HTTPException(403, "log in to order something")
    return {"ordered by": user.identity}
