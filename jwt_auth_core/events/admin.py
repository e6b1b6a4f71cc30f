"""Events of admins who act for users."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.events.event import Event, EventName
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpersonationBegan(Event):
    """An admin (``actor``) got a token by which it acts for the user, ``until`` then at the latest."""

    name: ClassVar = EventName.IMPERSONATION_BEGAN

    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpersonationEnded(Event):
    """That is over: the reason is ``ended`` by the admin, ``expired``, or ``not_granted``.

    The last one is of a token that nobody was handed.
    """

    name: ClassVar = EventName.IMPERSONATION_ENDED
