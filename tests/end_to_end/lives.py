"""Many applications in one process, one after the other: started, used, and ended in one of two ways.

``python -m tests.end_to_end.lives close|drop FOLDER`` prints what the process holds after ten of them,
and after fifty: memory in MiB, threads and descriptors of ours.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from jwt_auth_asgi import BearerMiddleware, create_app
from jwt_auth_core.auth import Auth
from jwt_auth_fastapi import auth_router

KEY: Final = "a key that only this process knows"
USER: Final = {"email": "ada@example.com", "password": "correct tidal lantern"}
NAMES: Final = {"first_name": "Ada", "last_name": "Lovelace"}
LONG: Final = 10.0
WARM, MANY = 10, 50


def main(ending: str, folder: Path) -> None:
    """Live fifty lives, and print two balances."""
    settings = {"JWT_KEY": KEY, "DATABASE_URL": f"sqlite:///{folder}/users.sqlite3", "LIMITS": "off"}
    balances = {}
    for number in range(1, MANY + 1):
        asyncio.run(_life(number, settings, closes=ending == "close"))
        gc.collect()  # when it comes by itself is the interpreter's affair
        if number in {WARM, MANY}:
            balances[number] = _balance()
    sys.stdout.write(json.dumps([balances[WARM], balances[MANY]]))


async def _life(number: int, settings: Mapping[str, str], *, closes: bool) -> None:
    auth = Auth.from_env(settings)
    app = _fastapi(auth) if number % 2 else Starlette(routes=[Mount("/auth", create_app(auth))])
    app.add_middleware(BearerMiddleware, auth=auth)
    if not closes:
        await _use(app, number)
        return
    async with app.router.lifespan_context(app):
        await _use(app, number)
    auth.close()


def _fastapi(auth: Auth) -> FastAPI:
    app = FastAPI()
    app.include_router(auth_router(auth))
    return app


async def _use(app: Starlette, number: int) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://app.example") as client:
        if number == 1:
            (await client.post("/auth/register", json={**USER, **NAMES})).raise_for_status()
        granted = (await client.post("/auth/login", json=USER)).raise_for_status().json()
        bearer = {"authorization": f"Bearer {granted['access_token']}"}
        (await client.get("/auth/me", headers=bearer)).raise_for_status()


def _balance() -> dict[str, int]:
    gc.collect()
    for thread in threading.enumerate():  # they have been told to end, and need a moment
        if thread.name.startswith("jwt-auth-"):
            thread.join(LONG)
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")
    return {
        "memory": resident >> 20,
        "threads": threading.active_count(),
        "descriptors": len([*Path("/proc/self/fd").iterdir()]),
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
