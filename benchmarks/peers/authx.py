"""AuthX: its access token dependency, and a login that hashes in the route as its documentation does."""

import os
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from authx import AuthX, AuthXConfig, TokenPayload
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from benchmarks.applications import PATH
from benchmarks.middleware import SECRET
from benchmarks.passwords import MEMORY_KIB, PASSES

auth = AuthX(config=AuthXConfig(JWT_SECRET_KEY=SECRET, JWT_ALGORITHM="HS256", JWT_TOKEN_LOCATION=["headers"]))
hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)


class Credentials(BaseModel):
    email: str
    password: str


def app():
    made = FastAPI()
    auth.handle_errors(made)

    @made.get(PATH)
    async def topics(caller: Annotated[TokenPayload, Depends(auth.access_token_required)]):
        return {"user": caller.sub}

    return made


def login_app():
    made = FastAPI()
    stored = dict.fromkeys(os.environ["PEER_EMAILS"].split(), os.environ["PEER_HASH"])

    @made.post("/auth/login")
    async def login(credentials: Credentials):
        try:
            hasher.verify(stored[credentials.email], credentials.password)
        except (KeyError, VerifyMismatchError):
            raise HTTPException(401, "Bad credentials") from None
        return {"access_token": auth.create_access_token(uid=credentials.email)}

    @made.get("/ping")
    async def ping():
        return {"status": "ok"}

    return made


def tokens(count: int) -> list[str]:
    return [auth.create_access_token(uid=f"user-{number}") for number in range(count)]
