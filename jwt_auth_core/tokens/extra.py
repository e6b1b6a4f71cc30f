"""Extra claims: JSON values that became read-only, and back again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from jwt_auth_core.encoding import MAX_INTEGER_DIGITS, MAX_JSON_DEPTH
from jwt_auth_core.tokens.claims import RESERVED

_INTEGER_BOUND: Final = 10**MAX_INTEGER_DIGITS


def frozen(value: object) -> object:
    """Return a JSON value with its arrays as tuples and its objects as read-only mappings.

    So that nobody who was handed the claims can change them for the next one.
    """
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return MappingProxyType({name: frozen(member) for name, member in members.items()})
    if isinstance(value, list):
        return tuple([one if type(one) is str else frozen(one) for one in cast("list[object]", value)])
    return value


def plain(extra: Mapping[str, object]) -> dict[str, object]:
    """Return *extra* as dict, list, str, int, float, bool and None, all that a token can hold.

    Raises:
        TypeError: a name that is not a str, or a value of another type.
        ValueError: a registered name, an integer over 20 digits, NaN, an infinity, or nesting
            over 32 (the token's own object counts).
    """
    taken = RESERVED.intersection(extra)
    if taken:
        msg = f"extra claims must not contain {', '.join(sorted(taken))}"
        raise ValueError(msg)
    return as_json(extra)


def as_json(extra: Mapping[str, object]) -> dict[str, object]:
    """Return the same of claims whose names are not asked about; raises as `plain` else."""
    return _members(extra, MAX_JSON_DEPTH)


def _members(value: Mapping[str, object], levels: int) -> dict[str, object]:
    return {_name(name): _plain(member, levels - 1) for name, member in value.items()}


def _name(name: object) -> str:
    if isinstance(name, str):
        return name
    raise TypeError("the names of extra claims are str")


def _plain(value: object, levels: int) -> object:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if not isinstance(value, Mapping | list | tuple):
        msg = f"extra claims hold JSON values, not {type(value).__name__}"
        raise TypeError(msg)
    if levels == 0:
        msg = f"extra claims nest at most {MAX_JSON_DEPTH} deep"
        raise ValueError(msg)
    if isinstance(value, Mapping):
        return _members(cast("Mapping[str, object]", value), levels)
    return [_plain(item, levels - 1) for item in cast("list[object] | tuple[object, ...]", value)]


def _number(value: float) -> float:
    if not math.isfinite(value) or (isinstance(value, int) and abs(value) >= _INTEGER_BOUND):
        msg = f"extra claims hold finite numbers, integers of at most {MAX_INTEGER_DIGITS} digits"
        raise ValueError(msg)
    return value
