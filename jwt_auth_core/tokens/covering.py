"""Which granted scope covers a wanted one: the same word, or a trailing wildcard for whole segments.

Segments stand between colons. ``reports:*`` covers ``reports:read`` and ``reports:read:own``, and not
``reports`` itself; ``*`` covers everything. A star elsewhere is a letter like any other.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

SEPARATOR: Final = ":"
WILDCARD: Final = "*"


def covers(granted: str, wanted: str) -> bool:
    """Tell whether the scope *granted* covers the scope *wanted*."""
    return covering({granted}, wanted) is not None


def covering(granted: Collection[str], wanted: str) -> str | None:
    """Return the granted scope that covers the wanted one, the narrowest of several; None for none.

    Where a segment that a wildcard would stand for is empty, as in ``reports::read``, none does.
    """
    if wanted in granted:
        return wanted
    end = len(wanted)
    while end >= 0:
        end = wanted.rfind(SEPARATOR, 0, end)
        wider = wanted[: end + 1] + WILDCARD
        if wider in granted and wanted[end + 1 : end + 2] not in {"", SEPARATOR}:
            return wider
    return None


def common(one: Collection[str], other: Collection[str]) -> frozenset[str]:
    """Return the scopes that cover what both cover, and nothing else."""
    return frozenset(
        scope
        for mine, theirs in ((one, other), (other, one))
        for scope in mine
        if covering(theirs, scope) is not None
    )


def apart_from(withheld: Collection[str], scopes: Collection[str]) -> frozenset[str]:
    """Return the scopes that neither cover any of the withheld ones nor are covered by one."""
    return frozenset(
        scope
        for scope in scopes
        if covering(withheld, scope) is None and not any(covers(scope, one) for one in withheld)
    )
