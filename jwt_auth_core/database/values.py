"""The values of a statement, checked before any driver sees them (SQL-3).

A closed list of types: what is not on it could carry SQL (psycopg2's AsIs) or a Secret.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from jwt_auth_core.errors import InvalidValueError, UnsafeQueryError

_AS_THEY_ARE: Final = (bytes, dt.date, dt.time, dt.timedelta, UUID, type(None))
# Of a subclass (an IntEnum, a StrEnum) a driver would write the str or the repr.
_PLAIN: Final[tuple[tuple[type, Callable[[Any], object]], ...]] = (
    (str, str.__str__),
    (bool, bool),
    (int, int.__pos__),
    (float, float.__pos__),
    (bytes, bytes.__bytes__),
    (Decimal, Decimal),
    (UUID, UUID.__str__),
)
_LEAST_INTEGER, _GREATEST_INTEGER = -(2**63), 2**63 - 1
_DEEPEST: Final = 6  # dimensions of an array, as PostgreSQL has them


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
    if all(map(_is_ready, params)):
        return tuple(params)
    for number, value in enumerate(params, 1):
        problem = _problem(value)
        if problem is not None:
            msg = f"value {number} {problem}"
            raise InvalidValueError(msg)
    return tuple(_plain(value) for value in params)


def _is_ready(value: object) -> bool:
    """Tell at first sight, as of nearly all values, that there is nothing to refuse or to change."""
    kind = type(value)
    if kind is str:
        text = cast("str", value)
        return text.isascii() and "\0" not in text
    return value is None or (kind is int and _LEAST_INTEGER <= cast("int", value) <= _GREATEST_INTEGER)


def _problem(value: object, depth: int = 0) -> str | None:
    match value:
        case str():
            return _problem_of_text(value)
        case bool():
            return None
        case int() | float() | Decimal():
            return _problem_of_number(value)
        case list() | tuple():
            return _problem_of_items(cast("Sequence[object]", value), depth + 1)
        case _:
            return None if isinstance(value, _AS_THEY_ARE) else "has a type that is not stored"


def _problem_of_number(value: float | Decimal) -> str | None:
    if isinstance(value, int):
        return None if _LEAST_INTEGER <= int.__pos__(value) <= _GREATEST_INTEGER else "is beyond 64 bits"
    if isinstance(value, Decimal):  # psycopg2 would write infinity as "not a number"
        return None if value.is_finite() else "is not a finite number"
    return "is not a number" if math.isnan(value) else None


def _problem_of_items(items: Sequence[object], depth: int) -> str | None:
    if depth > _DEEPEST:
        return "is nested too deeply"
    return next((p for item in items if (p := _problem(item, depth)) is not None), None)


def _problem_of_text(value: str) -> str | None:
    if "\0" in value:
        return "contains NUL"
    if value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value):
        return None
    return "contains half a surrogate pair"


def _plain(value: object) -> object:
    """Return a value as one of its plain type, also inside a list (an array) or a tuple (what follows IN)."""
    if isinstance(value, tuple):
        return tuple(map(_plain, cast("tuple[object, ...]", value)))
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    return next((plain(cast("Any", value)) for kind, plain in _PLAIN if isinstance(value, kind)), value)
