# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What type checkers know of an application that uses the FastAPI adapter."""

from typing import Annotated, assert_type

from fastapi import APIRouter, Depends, FastAPI, WebSocket

from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import AccessTokens, Auth, Claims, KeyRing, development_settings
from jwt_auth_fastapi import (
    AuthenticatedUser,
    CurrentUser,
    OptionalUser,
    auth_router,
    decode_access_token,
    require_scopes,
)

auth = Auth.from_settings(development_settings())
app = FastAPI()
app.add_middleware(BearerMiddleware, auth=auth)
app.add_middleware(BearerMiddleware, auth=AccessTokens(KeyRing.from_secret("a secret")), public={"/health"})
app.add_middleware(BearerMiddleware, auth=auth, pubic={"/health"})  # type: ignore[call-arg]
app.include_router(auth_router(auth))
app.include_router(auth_router())
app.include_router(auth_router(prefix="/account"))
app.include_router(auth_router("/account"))  # type: ignore[arg-type]
assert_type(auth_router(), APIRouter)


@app.get("/required")
def required(user: CurrentUser) -> None:
    """The user is there, with what its token says."""
    assert_type(user, AuthenticatedUser)
    assert_type(user.identity, str)
    assert_type(user.session_id, str | None)
    assert_type(user.claims, Claims)
    assert_type(user.claims.scopes, frozenset[str])
    user.email.upper()  # type: ignore[attr-defined]


@app.get("/optional")
async def optional(user: OptionalUser) -> None:
    """The user may be nobody."""
    assert_type(user, AuthenticatedUser | None)
    user.identity.upper()  # type: ignore[union-attr]


Writer = Annotated[AuthenticatedUser, Depends(require_scopes("topics:write", "topics:read"))]


@app.post("/scoped", dependencies=[Depends(require_scopes("topics:write"))])
def scoped(user: Writer) -> str:
    """Scopes are words, each an argument of its own."""
    require_scopes(["topics:write"])  # type: ignore[arg-type]
    return user.identity


@app.websocket("/socket")
async def socket(websocket: WebSocket, user: CurrentUser) -> None:
    """A websocket route asks in the same way."""
    await websocket.accept()
    await websocket.send_text(user.display_name)


def decoded(token: str) -> None:
    """The original's helper returns the user id."""
    assert_type(decode_access_token(token), str)
