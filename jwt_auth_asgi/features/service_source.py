"""Where the routes find their service, and what begins and ends with the application around them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final
from weakref import WeakValueDictionary

from jwt_auth_asgi.executors.loops import require_asyncio
from jwt_auth_asgi.features.service import Service
from jwt_auth_asgi.http.cookies.refresh_cookie import SECURE_NAME, RefreshCookie
from jwt_auth_core.auth import Auth
from jwt_auth_core.default import default_auth
from jwt_auth_core.errors import SettingsError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.settings import Settings

_LIVING: Final[WeakValueDictionary[int, Service]] = WeakValueDictionary()


def service_of(auth: Auth) -> Service:
    """Return the service of an `Auth`: in a process they share its threads, as long as anybody has it."""
    # While there is a service there is its `Auth`, and its id is nobody else's.
    service = _LIVING.get(id(auth))
    if service is None:
        service = _LIVING[id(auth)] = Service(auth)
    return service


class ServiceSource:
    """Where the routes find their service: given, or the process's own, made at the first request.

    A class because it remembers what it made.
    """

    def __init__(self, auth: Auth | None = None) -> None:
        self._service = None if auth is None else service_of(auth)
        self.after_fork()
        renew_in_children(self)

    async def get(self) -> Service:
        """Return the service.

        Raises:
            AsyncioRequiredError: the server runs another event loop.
            SettingsError: no `Auth` was given and the environment makes none; the next call tries again.
        """
        require_asyncio()
        service = self._service
        if service is None:
            service = await asyncio.to_thread(self._make)
        service.serve()
        return service

    def cookie_name(self) -> str:
        """Return the refresh cookie's name, for documents; before there is a service, the environment's.

        Settings at fault leave the default: whoever needs the rest of them says so.
        """
        if self._service is not None:
            return self._service.cookie.name
        with suppress(SettingsError):
            return RefreshCookie.from_settings(Settings.from_env()).name
        return SECURE_NAME

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Check the stores at start-up, close them and the threads at shutdown: a lifespan."""
        service = await self.get()
        try:
            await service.start()
            yield
        finally:
            await self.close()

    @asynccontextmanager
    async def hosted(self) -> AsyncGenerator[None]:
        """Check the stores at start-up, end the threads at shutdown: a lifespan inside another's.

        The stores stay open: they are the host's, who may use them while it shuts down, or start again.
        """
        service = await self.get()
        try:
            await service.start()
            yield
        finally:
            await asyncio.to_thread(service.rest)

    async def close(self) -> None:
        """Close the service, if there is one."""
        if self._service is not None:
            await asyncio.to_thread(self._service.close)

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    def _make(self) -> Service:
        auth = default_auth()
        with self._lock:
            if self._service is None:
                self._service = service_of(auth)
            return self._service
