"""The refresh that teams write by themselves: async FastAPI, redis.asyncio, asyncpg, PyJWT.

An opaque token that names its user in Redis is taken out and replaced by the next, the user is looked up in
PostgreSQL, and the answer has a new access token. No reuse is found out, and a lost answer logs the user out.
"""

import os
import secrets
import time
from contextlib import asynccontextmanager

import asyncpg
import jwt
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel
from redis import asyncio as redis

from benchmarks.middleware import AUDIENCE, ISSUER, SECRET

IDLE_SECONDS = 1_209_600
FIND = "SELECT user_id, email, first_name, last_name FROM users WHERE user_id = $1"


class Presented(BaseModel):
    refresh_token: str


class Pair(BaseModel):
    access_token: str
    refresh_token: str
    token_type: str = "bearer"


@asynccontextmanager
async def lifespan(app):
    app.state.redis = redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    app.state.database = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=10, max_size=10)
    yield
    await app.state.database.close()
    await app.state.redis.aclose()


def app():
    made = FastAPI(lifespan=lifespan)

    @made.post("/auth/refresh")
    async def refresh(request: Request, presented: Presented) -> Pair:
        store = request.app.state.redis
        user_id = await store.getdel(f"refresh:{presented.refresh_token}")
        if user_id is None:
            raise HTTPException(401, "Invalid refresh token")
        user = await request.app.state.database.fetchrow(FIND, user_id)
        if user is None:
            raise HTTPException(401, "User not found")
        following = secrets.token_urlsafe(32)
        await store.set(f"refresh:{following}", user_id, ex=IDLE_SECONDS)
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user["user_id"]),
            "iat": now,
            "exp": now + 900,
            "jti": secrets.token_hex(16),
        }
        return Pair(access_token=jwt.encode(claims, SECRET, algorithm="HS256"), refresh_token=following)

    return made
