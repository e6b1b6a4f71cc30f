"""The door to the auth app: starlette is imported when somebody comes through, not before."""

from __future__ import annotations

from typing import Any

from jwt_auth_asgi.asgi import App
from jwt_auth_asgi.pages.theme import Theme
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import MissingDriverError


def create_app(auth: Auth | None = None, *, pages: Theme | bool = False) -> App:
    """Return the auth app, a Starlette application to mount under ``/auth`` or to serve alone.

    Left out, ``auth`` is the process's own, made from the environment at the first request. ``pages`` adds
    those of the account and of admins, below ``/auth``: True, or a `Theme` that says how they look.

    Raises:
        MissingDriverError: starlette is not installed.
    """
    made: App = _app().create_app(auth, pages=pages)
    return made


def create_standalone(auth: Auth | None = None, *, pages: Theme | bool = False) -> App:
    """Return an application of its own that has the auth app under ``/auth``.

    Raises:
        MissingDriverError: starlette is not installed.
    """
    made: App = _app().create_standalone(auth, pages=pages)
    return made


def authorization_server_metadata(auth: Auth | None = None, *, prefix: str = "/auth") -> App:
    """Return an application with the metadata of the auth app that is mounted at ``prefix``.

    RFC 8414 has clients look for them outside of it, so it is a route of the whole application: in Starlette
    ``Route("/.well-known/oauth-authorization-server/auth", authorization_server_metadata(auth))``.

    Raises:
        MissingDriverError: starlette is not installed.
    """
    made: App = _app().HostMetadata(auth, prefix)
    return made


def account_well_known(auth: Auth | None = None, *, prefix: str = "/auth") -> App:
    """Return an application that tells password managers where the pages of an account are.

    They look at the root of the host: in Starlette ``Route("/.well-known/change-password", ...)`` and
    ``Route("/.well-known/passkey-endpoints", ...)``, both with this application. ``prefix`` is where the auth
    app with ``pages`` is mounted.

    Raises:
        MissingDriverError: starlette is not installed.
    """
    made: App = _app().host_pages(auth, prefix)
    return made


def _app() -> Any:
    try:
        from jwt_auth_asgi.app import auth_app  # noqa: PLC0415 - a driver
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "starlette":
            raise
        raise MissingDriverError("starlette", extra="starlette") from error
    return auth_app
