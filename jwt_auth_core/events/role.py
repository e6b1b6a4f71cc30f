"""Events of roles; `EventName` has their names."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.events.event import Event, EventName
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDefined(Event):
    """A role got its scopes, or others; ``role`` is its name, ``scopes`` are those of now."""

    name: ClassVar = EventName.ROLE_DEFINED

    role: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(Event):
    """A user was given the ``role`` of that name."""

    name: ClassVar = EventName.ROLE_GRANTED

    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRevoked(Event):
    """The ``role`` of that name was taken from a user, and the access tokens of before with it."""

    name: ClassVar = EventName.ROLE_REVOKED

    role: str
