"""Events of identities; `EventName` has their names."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.events.event import Event, EventName
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLinked(Event):
    """An identity opens a user's account from now on; ``identity_id`` is what lists call it."""

    name: ClassVar = EventName.IDENTITY_LINKED

    identity_id: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRemoved(Event):
    """An identity opens it no longer: removed by its user, or for the reason."""

    name: ClassVar = EventName.IDENTITY_REMOVED

    identity_id: str
    issuer: str
