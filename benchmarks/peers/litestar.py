"""Litestar: JWTAuth, which finds its user in memory, and the same route without it."""

from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Request, get
from litestar.security.jwt import JWTAuth, Token

from benchmarks.applications import PATH, SOMEBODY
from benchmarks.middleware import SECRET


@dataclass
class User:
    id: str


async def _find(token: Token, connection: Any) -> User:
    return User(token.sub)


auth = JWTAuth[User](retrieve_user_handler=_find, token_secret=SECRET)


@get(PATH)
async def _caller(request: Request[User, Token, Any]) -> dict[str, str]:
    return {"user": request.user.id}


@get(PATH)
async def _anybody() -> dict[str, str]:
    return {"user": SOMEBODY}


def bare():
    return Litestar([_anybody], openapi_config=None)


def app():
    return Litestar([_caller], on_app_init=[auth.on_app_init], openapi_config=None)


def tokens(count: int) -> list[str]:
    return [auth.create_token(f"user-{number}") for number in range(count)]
