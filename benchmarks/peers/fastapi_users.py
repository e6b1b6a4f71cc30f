"""fastapi-users: its JWT strategy; users in a dictionary, or in SQLite through SQLAlchemy for logins."""

import os
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy
from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users.jwt import generate_jwt
from fastapi_users.password import PasswordHelper
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from benchmarks.applications import PATH
from benchmarks.middleware import SECRET
from benchmarks.passwords import MEMORY_KIB, PASSES

helper = PasswordHelper(
    PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1),))
)


class Base(DeclarativeBase):
    pass


class Row(SQLAlchemyBaseUserTableUUID, Base):
    pass


@dataclass
class User:
    id: uuid.UUID
    email: str = "ada@example.com"
    hashed_password: str = ""
    is_active: bool = True
    is_superuser: bool = False
    is_verified: bool = True


class Dictionary:
    """Where a user is found for nothing."""

    async def get(self, user_id):
        return User(user_id)


class Manager(UUIDIDMixin, BaseUserManager):
    reset_password_token_secret = SECRET
    verification_token_secret = SECRET


def _strategy():
    return JWTStrategy(secret=SECRET, lifetime_seconds=900)


_backend = AuthenticationBackend("jwt", BearerTransport(tokenUrl="auth/login"), _strategy)


def app():
    """Return the protected route alone, its users in memory."""

    async def manager():
        yield Manager(Dictionary())

    made = FastAPI()
    user = FastAPIUsers(manager, [_backend]).current_user(active=True)

    @made.get(PATH)
    async def topics(caller: Annotated[User, Depends(user)]):
        return {"user": str(caller.id)}

    return made


def login_app():
    """Return login over SQLite, and a route that has nothing to do with it."""
    engine = create_async_engine(os.environ["PEER_DATABASE_URL"])
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def database():
        async with sessions() as session:
            yield SQLAlchemyUserDatabase(session, Row)

    async def manager(users: Annotated[SQLAlchemyUserDatabase, Depends(database)]):
        yield Manager(users, helper)

    @asynccontextmanager
    async def lifespan(_app):
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with sessions() as session:
            session.add_all(
                Row(id=uuid.uuid4(), email=email, hashed_password=os.environ["PEER_HASH"])
                for email in os.environ["PEER_EMAILS"].split()
            )
            await session.commit()
        yield
        await engine.dispose()

    made = FastAPI(lifespan=lifespan)
    made.include_router(FastAPIUsers(manager, [_backend]).get_auth_router(_backend), prefix="/auth")

    @made.get("/ping")
    async def ping():
        return {"status": "ok"}

    return made


def tokens(count: int) -> list[str]:
    audience = ["fastapi-users:auth"]
    return [generate_jwt({"sub": str(uuid.uuid4()), "aud": audience}, SECRET, 900) for _ in range(count)]
