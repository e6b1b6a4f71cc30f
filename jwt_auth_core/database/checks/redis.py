"""Whether a Redis is there, and fit for sessions."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any, Final

from jwt_auth_core.database.redis import Client, Forbidden, servers, translated
from jwt_auth_core.errors import StoreUnavailableError

_LOGGER: Final = logging.getLogger("jwt_auth.redis")


def check(client: Client) -> None:
    """Reach every server that may hold data, and warn of one that may drop it (RED-2).

    Raises:
        StoreUnavailableError: a server does not answer, or refuses us.
    """
    with translated(client):
        for server in servers(client):
            server.ping()
            _warn_of_eviction(server)


def ping(client: Client) -> None:
    """Reach a server; of a cluster any one will do: what is left of it is no reason to serve nobody.

    Raises:
        StoreUnavailableError: none answers.
    """
    *others, last = servers(client)
    for server in others:
        with suppress(StoreUnavailableError), translated(server):
            server.ping()
            return
    with translated(client):
        last.ping()


def _warn_of_eviction(server: Any) -> None:
    try:
        policy = server.info("memory").get("maxmemory_policy", "unknown")
    except Forbidden:
        _LOGGER.info("cannot see maxmemory-policy without +info; it must be noeviction")
        return
    if policy != "noeviction":
        _LOGGER.warning(
            "maxmemory-policy is %s: Redis may drop refresh sessions, which logs users out; "
            "set it to noeviction",
            policy,
        )
