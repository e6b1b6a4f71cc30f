"""Values of the test's own for the parameters of paths, in the place of harmless ones that are nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, cast

from jwt_auth_asgi.testing.route import Round, Route

GivenValues = Mapping[str, Sequence[object]]
"""By the name of a parameter, its values; by a path, as the application writes it, whole paths to call."""

NO_VALUES: Final[GivenValues] = MappingProxyType({})

_NAME: Final = re.compile(r"{([^}:]+)")


def rounds_of(values: GivenValues) -> list[Round]:
    """Return what stands in the paths in each round of calls: the first values, the second ones, and so on.

    Who has fewer than others has the last one again.

    Raises:
        TypeError: one value in place of several.
        ValueError: none.
    """
    for name, several in values.items():
        if not isinstance(cast("object", several), list | tuple):
            msg = f"the values of {name} are several, such as [1, 2], not one {type(several).__name__}"
            raise TypeError(msg)
        if not several:
            msg = f"{name} has no values"
            raise ValueError(msg)
    count = max(map(len, values.values()), default=1)
    return [
        {name: str(several[min(number, len(several) - 1)]) for name, several in values.items()}
        for number in range(count)
    ]


def unused(values: GivenValues, routes: Iterable[Route]) -> tuple[str, ...]:
    """Return what the values are for and no route has."""
    known = {name for route in routes for name in (*route.names, *_parameters(route))}
    return tuple(sorted(set(values) - known))


def _parameters(route: Route) -> Iterator[str]:
    yield from _NAME.findall(route.path)
