"""Events of machines: what happens to API keys and service clients; `EventName` has their names."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.events.event import Event, EventName
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAdded(Event):
    """An operator added a service client."""

    name: ClassVar = EventName.CLIENT_ADDED

    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecretRotated(Event):
    """An operator gave a service client another secret, or other keys."""

    name: ClassVar = EventName.CLIENT_SECRET_ROTATED

    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRemoved(Event):
    """An operator removed a service client."""

    name: ClassVar = EventName.CLIENT_REMOVED

    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenExchanged(Event):
    """A service client exchanged a user's access token for one by which it acts for the user."""

    name: ClassVar = EventName.TOKEN_EXCHANGED

    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCreated(Event):
    """A user made an API key; ``key_id`` is what lists call it."""

    name: ClassVar = EventName.API_KEY_CREATED

    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRevoked(Event):
    """An API key was revoked, by its owner or an operator, or for the reason."""

    name: ClassVar = EventName.API_KEY_REVOKED

    key_id: str
