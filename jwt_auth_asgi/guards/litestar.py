"""Refusals in Litestar."""

from __future__ import annotations

from typing import NoReturn

from litestar.exceptions import HTTPException

from jwt_auth_asgi.guards.frameworks import Refusal


def refuse(refusal: Refusal) -> NoReturn:
    """Raise what its exception handlers answer with; a websocket is closed with 4000 and the status."""
    raise HTTPException(detail=refusal.detail, status_code=refusal.status, headers=dict(refusal.headers))
