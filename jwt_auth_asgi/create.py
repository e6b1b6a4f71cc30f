"""The door to the auth app: starlette is imported when somebody comes through, not before."""

from __future__ import annotations

from jwt_auth_asgi.asgi import App
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import MissingDriverError


def create_app(auth: Auth | None = None) -> App:
    """Return the auth app, a Starlette application to mount under ``/auth`` or to serve alone.

    Left out, ``auth`` is the process's own, made from the environment at the first request.

    Raises:
        MissingDriverError: starlette is not installed.
    """
    try:
        from jwt_auth_asgi import app  # noqa: PLC0415 - a driver
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "starlette":
            raise
        raise MissingDriverError("starlette", extra="starlette") from error
    return app.create_app(auth)
