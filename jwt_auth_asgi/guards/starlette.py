"""Refusals in Starlette, and in FastAPI, which is one."""

from __future__ import annotations

from typing import NoReturn

from starlette.exceptions import HTTPException, WebSocketException

from jwt_auth_asgi.guards.frameworks import POLICY_VIOLATION, Refusal


def refuse(refusal: Refusal) -> NoReturn:
    """Raise what its exception handlers answer with, those of the application included.

    A returned answer would be a value like any other to who depends on a guarded function.
    """
    if refusal.is_close:
        raise WebSocketException(POLICY_VIOLATION, refusal.detail)
    raise HTTPException(refusal.status, refusal.detail, dict(refusal.headers))
