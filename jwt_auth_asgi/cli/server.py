"""Serving with uvicorn: an application of the user's, or the auth app on its own."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Any, Final

from jwt_auth_asgi.app.create import create_standalone
from jwt_auth_asgi.bearer import BearerMiddleware
from jwt_auth_asgi.errors import StartupFailedError
from jwt_auth_asgi.http.forwarded import Forwarded
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import MissingDriverError, SettingsError, UnavailableError

GOODBYE_SECONDS: Final = 10
"""How long requests under way may go on once the server is told to end (F-27)."""


class Started:
    """Minds how the start-up ends; a class because it wraps an ASGI application.

    A failed one is reduced to its sentence, and ``has_failed`` says so. After a good one the collector
    of cycles is told to leave what is there alone: walking through all that was imported held up
    requests for 15 ms at a time.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self.has_failed = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything through, the messages of the start-up minded."""
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return

        async def minded(message: Any) -> None:
            if message["type"] == "lifespan.startup.failed":
                self.has_failed = True
                message = {**message, "message": last_sentence(message.get("message", ""))}
            if message["type"] == "lifespan.startup.complete":
                gc.collect()
                gc.freeze()
            await send(message)

        await self.app(scope, receive, minded)


def last_sentence(text: str) -> str:
    """Return the message of the last line of a traceback, without the exception's name."""
    lines = text.strip().splitlines() or ["the application did not say why"]
    return lines[-1].partition("Error: ")[2] or lines[-1]


def serve(  # noqa: PLR0913 - what a command line says
    app: str | None,
    *,
    auth: Auth | None,
    host: str,
    port: int,
    trusted_proxy_count: int = 0,
    pages: bool = False,
    root_path: str = "",
) -> None:
    """Serve the application named ``module:name``, or the auth app of ``auth``, until stopped.

    uvicorn by itself believes the forwarding headers of anyone on the loopback: what the application
    hears of its client and scheme is what ``trusted_proxy_count`` proxies say, and nobody else.
    ``root_path`` is the prefix that a proxy takes off.

    Raises:
        MissingDriverError: uvicorn or starlette is not installed.
        SettingsError: the name leads to no application.
        StartupFailedError: the application refused to start, or the address is taken.
    """
    uvicorn = _uvicorn()
    served = load(app) if app else standalone(auth, pages=pages)
    if trusted_proxy_count:
        served = Forwarded(served, trusted_proxy_count=trusted_proxy_count)
    started = Started(served)
    config = uvicorn.Config(
        started,
        host=host,
        port=port,
        root_path=root_path,
        proxy_headers=False,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )
    server = uvicorn.Server(config)
    try:
        server.run()
    except SystemExit as error:  # uvicorn has said why; older ones leave so for a taken port only
        if not started.has_failed:
            raise StartupFailedError(f"cannot listen on {host}:{port}") from error
    if not server.started:
        raise StartupFailedError("the application did not start")


def standalone(auth: Auth | None, *, pages: bool = False) -> Any:
    """Return the auth app under /auth behind the middleware, after a check of its stores.

    With pages it knows browsers by their cookies.

    Raises:
        AuthError: what no waiting helps. It would be refused once it starts, too, in more than one line.
    """
    served = create_standalone(auth, pages=pages)
    if auth is not None:
        try:
            auth.check()
        except UnavailableError as error:
            if not error.is_passing:
                raise
    return BearerMiddleware(served, auth, cookies=pages)


def load(name: str) -> Any:
    """Import an ASGI application by ``module:name``, the working directory first; ``module:name()`` makes it.

    Raises:
        SettingsError: there is no such module or name.
    """
    module, _, words = name.partition(":")
    attribute = words.removesuffix("()")
    sys.path.insert(0, "")
    try:
        found = getattr(importlib.import_module(module), attribute or "app")
    except ModuleNotFoundError as error:
        if error.name is None or not (module + ".").startswith(error.name + "."):
            raise
        raise SettingsError([f"APP {name}: there is no module {error.name}"]) from None
    except AttributeError:
        raise SettingsError([f"APP {name}: {module} has no {attribute or 'app'}"]) from None
    return found if attribute == words else found()


def _uvicorn() -> Any:
    try:
        return importlib.import_module("uvicorn")
    except ImportError as error:
        raise MissingDriverError("uvicorn", extra="server") from error
