"""Events of an account itself: what its user changes about it, and shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jwt_auth_core.events.event import Event, EventName


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReset(Event):
    """A user's password was set by a link that was mailed; all sessions are over."""

    name: ClassVar = EventName.PASSWORD_RESET


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(Event):
    """A user changed the names by which it is called."""

    name: ClassVar = EventName.PROFILE_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerified(Event):
    """A user showed that its address is its own; what was set before is ``kept`` or ``voided``: `reason`."""

    name: ClassVar = EventName.EMAIL_VERIFIED
