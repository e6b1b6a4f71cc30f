"""Values of a foreign record, each by a function that raises a ValueError which names the field alone."""

from __future__ import annotations

import binascii
import math
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, cast

_TRUE: Final = frozenset({"t", "true", "1", "yes", "y", "on"})
_FALSE: Final = frozenset({"f", "false", "0", "no", "n", "off", ""})
_FIRST: Final = -62_135_596_800
_LAST: Final = 253_402_300_799
"""The first second of the year 1, and the last of 9999: what both databases hold."""
_MILLISECONDS: Final = 100_000_000_000
"""What is above that counts thousandths: in seconds it would be the year 5138."""


def object_of(value: object, name: str) -> Mapping[str, object]:
    """Return a JSON object; an empty one for null."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    msg = f"{name} is no object"
    raise ValueError(msg)


def list_of(value: object, name: str) -> Sequence[object]:
    """Return a JSON array; an empty one for null."""
    if value is None:
        return ()
    if isinstance(value, list):
        return cast("list[object]", value)
    msg = f"{name} is no array"
    raise ValueError(msg)


def text(fields: Mapping[str, object], name: str) -> str:
    """Return a text, also of a number; the empty one where there is none."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    msg = f"{name} is no text"
    raise ValueError(msg)


def flag(fields: Mapping[str, object], name: str, *, default: bool = False) -> bool:
    """Return a yes or no, as JSON, PostgreSQL or SQLite write it; the default where there is none."""
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word == "" and default:
        return True
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    msg = f"{name} is neither true nor false"
    raise ValueError(msg)


def moment(fields: Mapping[str, object], name: str) -> int | None:
    """Return a time in seconds since the epoch.

    ISO 8601 without a zone is in UTC; a number may count thousandths.
    """
    value = fields.get(name)
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        seconds = _seconds(value)
    except (TypeError, ValueError, OverflowError):
        seconds = None
    if seconds is None or not _FIRST <= seconds <= _LAST:
        msg = f"{name} is no time"
        raise ValueError(msg)
    return seconds


def base64_of(value: str, name: str) -> bytes:
    """Return what base64 of either alphabet encodes, padded or not."""
    padded = value + "=" * (-len(value) % 4)
    try:
        return urlsafe_b64decode(padded) if "-" in value or "_" in value else b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        msg = f"{name} is no base64"
        raise ValueError(msg) from None


def both_names(full: str) -> tuple[str, str]:
    """Return first and last name of a whole one: what stands before its first space, and the rest."""
    first, _, last = full.strip().partition(" ")
    return first, last.strip()


def _seconds(value: object) -> int:
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        found = datetime.fromisoformat(value)
        return math.floor((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    number = math.floor(float(cast("str", value)))
    return number // 1000 if abs(number) > _MILLISECONDS else number
