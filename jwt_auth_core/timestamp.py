"""Timestamps: how a time is written for whoever is outside (RFC 3339)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_END: Final = 253_402_300_800  # the year 10000


def is_time(value: object) -> bool:
    """Tell whether a value out of a database is a time that `timestamp` can write."""
    return type(value) is int and 0 <= value < _END


def timestamp(seconds: int) -> str:
    """Return a time, in whole seconds since the epoch, as a text in UTC: ``2027-01-15T08:00:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def timestamp_if_any(seconds: int | None) -> str | None:
    """Return the same of a time that there may not be."""
    return None if seconds is None else timestamp(seconds)
