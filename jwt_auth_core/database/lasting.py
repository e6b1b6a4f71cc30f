"""What a statement would leave on its connection for whoever has it next, as far as its text shows that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

_SHARED: Final = "on a connection that others share"
_TEMPORARY: Final = frozenset(["TEMP", "TEMPORARY"])
_BEFORE_TEMPORARY: Final = frozenset(["OR", "REPLACE", "LOCAL", "GLOBAL"])
_INSIDE: Final[Mapping[str, str]] = {"(": ")", "[": "]"}
_LOCKS: Final[Mapping[str, str]] = {
    f"pg_{attempt}advisory_lock{mode}": f"pg_{attempt}advisory_xact_lock{mode}"
    for attempt in ("", "try_")
    for mode in ("", "_shared")
}


def lasting(names: Sequence[str]) -> str | None:
    """Return why a statement is refused, None where its text shows nothing that would last.

    ``names`` are its tokens without space: words in capitals, names in double quotes without them.
    """
    if _is_temporary(names):
        return f"a temporary object would stay {_SHARED}; a table with ON COMMIT DROP does not"
    if _holds(names, "WITH", "HOLD") and names[0] == "DECLARE":
        return f"a cursor WITH HOLD would stay open {_SHARED}"
    if _holds(_without(names, "ONLY", "PG_CATALOG", "."), "UPDATE", "PG_SETTINGS"):
        return f"UPDATE pg_settings would change a setting {_SHARED}"
    return next(_of_calls(names), None)


def _of_calls(names: Sequence[str]) -> Iterator[str]:
    for place, (name, bracket) in enumerate(pairwise(names)):
        function = name.lower()
        if bracket != "(":
            continue
        if function in _LOCKS:
            yield f"{function} would leave a lock {_SHARED}: use {_LOCKS[function]} in a transaction"
        if function == "set_config" and _last_argument(names[place + 2 :]) != ["TRUE"]:
            yield f"set_config would change a setting {_SHARED}: write true as its third argument"


def _last_argument(names: Sequence[str]) -> list[str]:
    """Return the last argument of a call whose bracket has just been opened."""
    depth, found = 0, list[str]()
    for name in names:
        if depth == 0 and name == ")":
            break
        depth += (name in _INSIDE) - (name in _INSIDE.values())
        found = [] if depth == 0 and name == "," else [*found, name]
    return found


def _is_temporary(names: Sequence[str]) -> bool:
    if names[:1] == ["CREATE"]:
        kind = next(iter(_without(names[1:], *_BEFORE_TEMPORARY)), "")
        made = kind in _TEMPORARY or _holds(names, "PG_TEMP", ".")
        return made and not _holds(names, "ON", "COMMIT", "DROP")
    # INSERT INTO temp, SELECT ... INTO temp FROM: a table of that name.
    runs = zip(["", *names], names, names[1:], names[2:], strict=False)
    return any(
        into == "INTO" and name in _TEMPORARY and before not in {"INSERT", "MERGE"} and _is_name(after)
        for before, into, name, after in runs
    )


def _is_name(text: str) -> bool:
    return text != "FROM" and (text[0].isalpha() or text[0] == "_")


def _without(names: Sequence[str], *others: str) -> list[str]:
    return [name for name in names if name not in others]


def _holds(names: Sequence[str], *run: str) -> bool:
    return any(tuple(names[place : place + len(run)]) == run for place in range(len(names)))
