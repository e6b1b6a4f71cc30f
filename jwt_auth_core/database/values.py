"""The values of a statement, checked before any driver sees them (SQL-3).

A closed list of types: what is not on it could carry SQL (psycopg2's AsIs) or a Secret.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from jwt_auth_core.errors import InvalidValueError, UnsafeQueryError

_AS_THEY_ARE: Final = (bool, bytes, Decimal, dt.date, dt.time, dt.timedelta, type(None))
_INTEGERS: Final = range(-(2**63), 2**63)


def checked(params: Sequence[object], *, expected: int) -> tuple[object, ...]:
    """Return the values ready for a driver.

    Raises:
        UnsafeQueryError: not a tuple or list, or another number than the statement has ``%s``.
        InvalidValueError: a value that no column can hold; its position is named, not the value.
    """
    if not isinstance(params, (tuple, list)):
        raise UnsafeQueryError("values are given as a tuple or a list")
    if len(params) != expected:
        msg = f"the statement has {expected} placeholders, {len(params)} values were given"
        raise UnsafeQueryError(msg)
    for number, value in enumerate(params, 1):
        problem = _problem(value)
        if problem is not None:
            msg = f"value {number} {problem}"
            raise InvalidValueError(msg)
    return tuple(_plain(value) for value in params)


def _problem(value: object) -> str | None:
    match value:
        case str():
            return _problem_of_text(value)
        case bool():
            return None
        case int():
            return None if value in _INTEGERS else "is beyond 64 bits"
        case float():
            return "is not a number" if math.isnan(value) else None
        case list() | tuple():
            items = cast("Sequence[object]", value)
            return next((p for p in map(_problem, items) if p is not None), None)
        case _:
            known = isinstance(value, (*_AS_THEY_ARE, UUID))
            return None if known else "has a type that is not stored"


def _problem_of_text(value: str) -> str | None:
    if "\0" in value:
        return "contains NUL"
    if value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value):
        return None
    return "contains half a surrogate pair"


def _plain(value: object) -> object:
    """Return a UUID as its text, also inside a list (an array) or a tuple (what follows IN)."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple):
        return tuple(map(_plain, cast("tuple[object, ...]", value)))
    return [_plain(v) for v in cast("list[object]", value)] if isinstance(value, list) else value
