"""Hooks: who may register, and what access tokens say beside our claims.

    uvicorn examples.hooks:app

Only addresses of example.com may register; each token has the user's plan, which `/plan` reads there.
"""

from collections.abc import Mapping, Sequence

from fastapi import FastAPI

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import Auth, development_settings
from jwt_auth_core.hooks.occasion import Registration
from jwt_auth_core.hooks.refusal import RefusedError
from jwt_auth_core.users.user import User
from jwt_auth_fastapi import CurrentUser, auth_router

auth = Auth.from_settings(development_settings())
PLANS = {"ada@example.com": "pro"}


@auth.hooks.before_register
async def invited_only(registration: Registration) -> None:
    """Let colleagues in."""
    if not registration.email.endswith("@example.com"):
        raise RefusedError("not_invited", "Ask a colleague for an invitation")


@auth.hooks.claims_for
def plans(users: Sequence[User]) -> list[Mapping[str, object]]:
    """Return the claims of each user; this one may ask a database, once for all of them."""
    return [{"plan": PLANS.get(user.email, "free")} for user in users]


app = FastAPI()
app.add_middleware(BearerMiddleware, auth=auth)
app.include_router(auth_router(auth))


@app.get("/plan")
async def plan(user: CurrentUser) -> dict[str, object]:
    """Say what the token says."""
    return {"plan": user.claims.extra["plan"]}
