"""Authenticate a client: what it says of itself in, the client whose secret that is out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from jwt_auth_core.clients.client import ClientStore, ServiceClient, is_client_id
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Clock, Secret


@dataclass(frozen=True, slots=True)
class Authentication:
    """The client that has proven itself, and whether one was named that has to.

    ``reason`` is what whoever has the right key may be told of an assertion that does not do.
    """

    client: ServiceClient | None
    is_named: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AuthenticateClient:
    """Finds the client whose secret came along, and tells a wrong secret from an unknown client."""

    executor: ClassVar = Executor.STORE

    store: ClientStore
    clock: Clock

    def __call__(self, readings: Sequence[tuple[str, Secret]]) -> Authentication:
        """Return whose credentials they are, which can be read in several ways.

        Raises:
            UnavailableError: the store does not answer.
        """
        ids = sorted({client_id for client_id, _ in readings if is_client_id(client_id)})
        known: Mapping[str, ServiceClient] = self.store.find(ids) if ids else {}
        now = self.clock()
        proven = [
            known[client_id]
            for client_id, secret in readings
            if client_id in known and known[client_id].is_proven(secret, now=now)
        ]
        return Authentication(proven[0] if proven else None, bool(known))
