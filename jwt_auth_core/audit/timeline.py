"""A timeline: how many events succeeded and failed in each of some equally long parts of a time.

Parts begin at round times, in UTC, so that the same part has the same count whoever asks when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.row import Row
from jwt_auth_core.records import dataclass

MOST: Final = 60
"""How many parts there are at most."""

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
LENGTHS: Final = (
    *(_MINUTE, 5 * _MINUTE, 15 * _MINUTE),
    *(_HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(_DAY, 2 * _DAY, 7 * _DAY, 30 * _DAY),
)
"""How long a part may be, in seconds; where none of them does, it is some times the last one."""

# Each count walks over a part of an index and reads no row.
_ANY: Final = """
    WITH RECURSIVE parts (number, since, until) AS (
        SELECT 0, CAST(%s AS BIGINT), CAST(%s AS BIGINT)
        UNION ALL SELECT number + 1, until, until + until - since FROM parts WHERE number < CAST(%s AS BIGINT)
    )
    SELECT number,
        (SELECT COUNT(*) FROM auth_audit WHERE outcome = 'success' AND at >= since AND at < until) AS success,
        (SELECT COUNT(*) FROM auth_audit WHERE outcome = 'failure' AND at >= since AND at < until) AS failure
    FROM parts ORDER BY number
"""
_NAME: Final = """
    WITH RECURSIVE parts (number, since, until) AS (
        SELECT 0, CAST(%s AS BIGINT), CAST(%s AS BIGINT)
        UNION ALL SELECT number + 1, until, until + until - since FROM parts WHERE number < CAST(%s AS BIGINT)
    )
    SELECT number,
        (SELECT COUNT(*) FROM auth_audit
            WHERE name = %s AND outcome = 'success' AND at >= since AND at < until) AS success,
        (SELECT COUNT(*) FROM auth_audit
            WHERE name = %s AND outcome = 'failure' AND at >= since AND at < until) AS failure
    FROM parts ORDER BY number
"""
# The rows of one user are few: they are read once, and sorted into the parts.
_USER: Final = """
    SELECT (at - CAST(%s AS BIGINT)) / CAST(%s AS BIGINT) AS number,
        SUM(CASE WHEN outcome = 'success' THEN 1 ELSE 0 END) AS success,
        SUM(CASE WHEN outcome = 'failure' THEN 1 ELSE 0 END) AS failure
    FROM auth_audit WHERE user_id = %s AND at >= %s AND at < %s GROUP BY 1
"""
_BOTH: Final = """
    SELECT (at - CAST(%s AS BIGINT)) / CAST(%s AS BIGINT) AS number,
        SUM(CASE WHEN outcome = 'success' THEN 1 ELSE 0 END) AS success,
        SUM(CASE WHEN outcome = 'failure' THEN 1 ELSE 0 END) AS failure
    FROM auth_audit WHERE user_id = %s AND at >= %s AND at < %s AND name = %s GROUP BY 1
"""
COUNTS: Final[Mapping[tuple[bool, bool], LiteralString]] = {
    (False, False): _ANY,
    (False, True): _NAME,
    (True, False): _USER,
    (True, True): _BOTH,
}
"""By whether a user and whether an event is asked for."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Some equally long parts of a time: when the first begins, how long each is, and how many there are."""

    since: int
    seconds: int
    count: int

    @property
    def until(self) -> int:
        """When the last one ends."""
        return self.since + self.seconds * self.count


@dataclass(frozen=True, slots=True)
class Part:
    """One of them: when it begins, and how many events of which outcome were in it."""

    at: int
    success: int
    failure: int


def parts_of(since: int, until: int) -> Parts:
    """Return the parts that cover a time: as short as may be, and at most ``MOST``."""
    end = max(until, since + 1)
    long = LENGTHS[-1] * ((end - since) // (LENGTHS[-1] * (MOST - 1)) + 1)
    seconds = next((one for one in LENGTHS if _count(since, end, one) <= MOST), long)
    return Parts(since - since % seconds, seconds, _count(since, end, seconds))


def values_of(parts: Parts, *, user_id: str | None, name: str | None) -> Sequence[object]:
    """Return what is bound to the statement of ``COUNTS``."""
    if user_id is not None:
        of_name = () if name is None else (name,)
        return (parts.since, parts.seconds, user_id, parts.since, parts.until, *of_name)
    twice = () if name is None else (name, name)
    return (parts.since, parts.since + parts.seconds, parts.count - 1, *twice)


def counted(parts: Parts, rows: Iterable[Row]) -> Sequence[Part]:
    """Return every part, those of which the database says nothing as empty ones."""
    found = {int(row["number"]): (int(row["success"]), int(row["failure"])) for row in rows}
    return [
        Part(parts.since + number * parts.seconds, *found.get(number, (0, 0)))
        for number in range(parts.count)
    ]


def _count(since: int, until: int, seconds: int) -> int:
    """Return how many parts of a length cover a time, the first at a round time."""
    return -((since - since % seconds - until) // seconds)
