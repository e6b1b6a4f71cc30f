"""Events of second factors; `EventName` has their names."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.events.event import Event, EventName, Outcome
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorFailed(Event):
    """A second factor was wrong where the first was right; the reason is which kind it was."""

    name: ClassVar = EventName.SECOND_FACTOR_FAILED
    outcome: ClassVar[Outcome] = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorAdded(Event):
    """A user has a second factor more; ``factor`` is its kind."""

    name: ClassVar = EventName.FACTOR_ADDED

    factor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRemoved(Event):
    """A user removed a second factor, or all of a kind; ``factor`` is the kind."""

    name: ClassVar = EventName.FACTOR_REMOVED

    factor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsReset(Event):
    """All second factors of a user were removed, by an operator or for the reason."""

    name: ClassVar = EventName.FACTORS_RESET


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodesRenewed(Event):
    """A user got new recovery codes; the old ones are void."""

    name: ClassVar = EventName.RECOVERY_CODES_RENEWED


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """A recovery code stood for the second factor of a login; it is good no more."""

    name: ClassVar = EventName.RECOVERY_CODE_USED
