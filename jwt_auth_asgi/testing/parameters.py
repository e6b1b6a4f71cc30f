"""Harmless values for the parameters of a path or a query: of the right form, and nobody's.

A number that no row has, a name that nobody bears, a UUID of nothing: what a forgotten route does with
them, it does to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin
from urllib.parse import urlencode

_PARAMETER: Final = re.compile(r"{([^}:]+)(?::[^}]*)?}")
_NUMBER: Final = "2147483647"  # fits into four bytes, where identifiers of rows are counted
_VALUES: Final[Mapping[str, str]] = {
    "str": "unlikely",
    "int": _NUMBER,
    "float": _NUMBER + ".5",
    "Decimal": _NUMBER + ".5",
    "bool": "false",
    "UUID": "00000000-0000-4000-8000-000000000000",
    "date": "1970-01-01",
    "datetime": "1970-01-01T00:00:00",
    "time": "00:00:00",
    "timedelta": "0",
    "Path": "unlikely",
}
"""By the name of the type, which frameworks agree on; the types themselves would have to be imported."""


def harmless(kind: object) -> str:
    """Return a value for a parameter of a type; a text for one that is not known."""
    if isinstance(kind, type):
        if issubclass(kind, Enum):
            return str(next(iter(kind)).value)
        return next(
            (_VALUES[one.__name__] for one in kind.__mro__ if one.__name__ in _VALUES), _VALUES["str"]
        )
    choices = get_args(kind)
    if not choices:
        return _VALUES["str"]
    if get_origin(kind) in {Union, UnionType} or isinstance(choices[0], type):  # a | b, Annotated[a, ...]
        return harmless(choices[0])
    return str(choices[0])  # Literal


def fitting(convertor: Any, preferred: str) -> str:
    """Return the *preferred* value where a convertor of Starlette's takes it, else one that it takes."""
    pattern = str(getattr(convertor, "regex", ".*"))
    values = (preferred, *_VALUES.values(), "en", "a", "1")
    return next((value for value in values if re.fullmatch(pattern, value)), preferred)


def filled(
    path: str, convertors: Mapping[str, Any], kinds: Mapping[str, object], given: Mapping[str, str]
) -> str:
    """Return a path of Starlette's with values in place of its parameters: given ones, or harmless ones."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in given:
            return given[name]
        return fitting(convertors.get(name), harmless(kinds.get(name, str)))

    return _PARAMETER.sub(value, path)


def kinds_of(dependant: Any) -> dict[str, object]:
    """Return the types of the parameters in a path, by name, as FastAPI has read them."""
    return {field.alias: _kind(field) for one in _all(dependant) for field in one.path_params}


def query_of(dependant: Any) -> str:
    """Return a query that has what FastAPI demands: without it, it refuses before anything else is asked."""
    fields = [field for one in _all(dependant) for field in one.query_params]
    needed = [field for field in fields if field.field_info.is_required()]
    return urlencode({field.alias: harmless(_kind(field)) for field in needed})


def _kind(field: Any) -> object:
    return getattr(field.field_info, "annotation", str)


def _all(dependant: Any) -> Iterator[Any]:
    yield dependant
    for one in dependant.dependencies:
        yield from _all(one)
