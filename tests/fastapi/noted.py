"""A table of notes in the process's own database, and requests that write there."""

from __future__ import annotations

import asyncio

import httpx
from fastapi import FastAPI

from jwt_auth_core import safe_query

ADD = "INSERT INTO notes (body) VALUES (%s)"


def notes() -> list[str]:
    """Return what was kept."""
    return [row["body"] for row in safe_query("SELECT body FROM notes ORDER BY body", fetch="all")]


async def post(app: FastAPI, *paths: str) -> list[int]:
    """Return the statuses of requests that are sent at once."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answers = await asyncio.gather(*(client.post(path) for path in paths))
    return [answer.status_code for answer in answers]
