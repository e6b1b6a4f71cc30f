"""Rate: how much in how long, and the notation of the `limits` library that settings write it in."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Final

from jwt_auth_core.records import dataclass

MICROSECONDS: Final = 1_000_000
DAY_SECONDS: Final = 86_400
MOST_COUNT: Final = 1_000_000
"""More in a second would be less than a microsecond for each, and that is the finest time of a store."""
MOST_SECONDS: Final = 3_660 * DAY_SECONDS

OFF: Final = "off"
_UNIT_SECONDS: Final = {
    "second": 1,
    "minute": 60,
    "hour": 3_600,
    "day": DAY_SECONDS,
    "month": 30 * DAY_SECONDS,
    "year": 360 * DAY_SECONDS,
}
_SEPARATOR: Final = re.compile(r"[,;|]")
_ONE: Final = re.compile(r"\s*([0-9]+)\s*(?:/|per)\s*([0-9]+)?\s*([A-Za-z]+)\s*", re.IGNORECASE)
_WAIT: Final = re.compile(
    r"\s*([0-9]+)\s*([A-Za-z]+)\s+doubling\s+to\s+([0-9]+)\s*([A-Za-z]+)\s*", re.IGNORECASE
)
_MOST_DIGITS: Final = 18  # nobody waits for int() to read more


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits once a rate was used up: the first, then each twice as long, up to the longest.

    Raises:
        ValueError: the first is less than a second, or the longest is shorter or beyond ten years.
    """

    first_seconds: int
    longest_seconds: int

    def __post_init__(self) -> None:
        if not 1 <= self.first_seconds <= self.longest_seconds <= MOST_SECONDS:
            raise ValueError(
                f"waits must be from 1 to {MOST_SECONDS} seconds, the first no longer than the last"
            )

    @classmethod
    def parse(cls, text: str) -> Backoff:
        """Read ``1 minute doubling to 1 hour``.

        Raises:
            ValueError: it reads otherwise.
        """
        found = _WAIT.fullmatch(text)
        if not found:
            raise ValueError("must read like: 1 minute doubling to 1 hour")
        first, unit, longest, last_unit = found.groups()
        return cls(_seconds(first, unit), _seconds(longest, last_unit))

    def wait(self, strikes: int) -> int:
        """Return the microseconds to wait after so many strikes."""
        doubled = self.first_seconds << min(strikes - 1, _MOST_DOUBLINGS)
        return min(doubled, self.longest_seconds) * MICROSECONDS


_MOST_DOUBLINGS: Final = 30  # of a second, beyond ten years


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds: all of them at once, then one each ``interval``.

    With a back-off the waits grow instead, once all were used, until it was quiet for a day.

    Attributes:
        interval: after how many microseconds one more goes; rounded up, so never sooner than exact.

    Raises:
        ValueError: one of the two is out of range.
    """

    count: int
    seconds: int
    backoff: Backoff | None = None
    interval: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_COUNT:
            raise ValueError(f"a rate's count must be a whole number from 1 to {MOST_COUNT}")
        if not 1 <= self.seconds <= MOST_SECONDS:
            raise ValueError(f"a rate's time must be from 1 second to {MOST_SECONDS} seconds")
        object.__setattr__(self, "interval", -(-self.seconds * MICROSECONDS // self.count))

    def __str__(self) -> str:
        """Return it as keys bear it; two rates that differ have two names."""
        plain = f"{self.count}/{self.seconds}"
        wait = self.backoff
        return plain if wait is None else f"{plain}+{wait.first_seconds}-{wait.longest_seconds}"


def parse_backoff(text: str) -> Backoff | None:
    """Read ``1 minute doubling to 1 hour``; ``off`` means no growing waits.

    Raises:
        ValueError: it reads otherwise, or a number is out of range.
    """
    return None if text.strip().lower() == OFF else Backoff.parse(text)


def parse_rates(text: str) -> tuple[Rate, ...]:
    """Read ``10/minute``, ``5 per 5 minutes``, ``3/hour;10/day``; ``off`` means no rate at all.

    A month has 30 days and a year 360, as they have there. What is written twice counts once.

    Raises:
        ValueError: it reads otherwise, or a number is out of range.
    """
    if text.strip().lower() == OFF:
        return ()
    return tuple(dict.fromkeys(map(_rate, _SEPARATOR.split(text))))


def _rate(text: str) -> Rate:
    found = _ONE.fullmatch(text)
    if not found:
        raise ValueError("must read like 10/minute, 5 per 5 minutes, 3/hour;10/day or off")
    count, multiple, unit = found.groups()
    return Rate(_number(count), _seconds(multiple or "1", unit))


def _seconds(number: str, unit: str) -> int:
    each = _UNIT_SECONDS.get(unit.lower().removesuffix("s"))
    if each is None:
        raise ValueError("a time must be in seconds, minutes, hours, days, months or years")
    return _number(number) * each


def _number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number must have at most {_MOST_DIGITS} digits")
    return int(digits)
