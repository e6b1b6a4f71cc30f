"""Events of passkeys; `EventName` has their names."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.events.event import Event, EventName
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAdded(Event):
    """A user registered a passkey; ``passkey_id`` is what lists call it."""

    name: ClassVar = EventName.PASSKEY_ADDED

    passkey_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRemoved(Event):
    """A passkey was removed, by its user, or for the reason."""

    name: ClassVar = EventName.PASSKEY_REMOVED

    passkey_id: str
