"""Whether a Redis is there, and fit for sessions."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from jwt_auth_core.database.redis import Client, Forbidden, servers, translated
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.records import dataclass

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
    with translated():
        *others, last = servers(client)
    for server in others:
        with suppress(StoreUnavailableError), translated(server):
            server.ping()
            return
    with translated(client):
        last.ping()


@dataclass(frozen=True, slots=True)
class Facts:
    """What an operator asks of one server.

    Attributes:
        version: the protocol's: Valkey says which Redis it is like.
        policy: what it does when it is full (``maxmemory-policy``).
        is_lasting: whether it writes down what happens, and has it after a restart.
        seconds_ahead: how far its clock is ahead of this process's.
    """

    version: str
    policy: str
    is_lasting: bool
    seconds_ahead: float


def facts(client: Client, *, clock: Callable[[], float] = time.time) -> list[Facts]:
    """Ask every server that may hold data.

    Raises:
        StoreUnavailableError: one does not answer, or does not let this user ask.
    """
    with translated(client):
        return [_facts(server, clock) for server in servers(client)]


def _facts(server: Any, clock: Callable[[], float]) -> Facts:
    told, before = server.info(), clock()
    seconds, microseconds = server.time()
    ahead = seconds + microseconds / 1e6 - (before + clock()) / 2
    policy = told.get("maxmemory_policy", "unknown")
    return Facts(told.get("redis_version", "0"), policy, bool(told.get("aof_enabled")), ahead)


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
