"""Plans that PostgreSQL keeps: a statement that comes again and again is planned once a connection.

For the look-ups of a login or a refresh, planning takes four times as long as looking. The server keeps a
plan under a name that is made of the text: two versions of us never meet each other's.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from itertools import count
from typing import Final

STALE: Final = frozenset({"26000", "42P05", "0A000"})
"""The plan is gone, is there already, or gives other columns now: somebody else uses the session as well, or
the table was changed."""

_PERCENT: Final = re.compile("%([s%])")


class Plans:
    """Those of one connection; a class because the server remembers them as well."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: set[str] = set()

    def message(self, text: str) -> str:
        """Return what is sent in the place of a statement in the driver's style, with the same values."""
        prepare, execute = _messages(text)
        return execute if text in self._kept else f"{prepare}; {execute}"

    def keep(self, text: str) -> None:
        """Note that the server has the plan of a statement."""
        self._kept.add(text)


def name_of(text: str) -> str:
    """Return the name of a statement's plan."""
    return "jwt_auth_" + hashlib.sha256(text.encode()).hexdigest()[:32]


@lru_cache(maxsize=64)
def _messages(text: str) -> tuple[str, str]:
    """Return what prepares a statement, and what executes it."""
    name, numbers = name_of(text), count(1)
    body = _PERCENT.sub(lambda found: f"${next(numbers)}" if found[1] == "s" else "%%", text)
    values = ", ".join(["%s"] * (next(numbers) - 1))
    return f"PREPARE {name} AS {body}", f"EXECUTE {name}({values})" if values else f"EXECUTE {name}"
