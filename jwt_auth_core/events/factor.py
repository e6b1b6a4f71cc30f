"""Events of second factors; `EventName` has their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jwt_auth_core.events.event import Event, EventName, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorFailed(Event):
    """A second factor was wrong where the first was right; the reason is which kind it was."""

    name: ClassVar = EventName.SECOND_FACTOR_FAILED
    outcome: ClassVar[Outcome] = "failure"
