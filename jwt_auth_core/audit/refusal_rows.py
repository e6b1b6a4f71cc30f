"""The table ``auth_refusals``: how often limits have refused whom, in windows that are not over yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, LiteralString

from jwt_auth_core.audit.row import escaped
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.records import dataclass

AT_ONCE: Final = 500
"""How many windows one transaction ends at most."""

_ADD: Final = """
    INSERT INTO auth_refusals
        (rule, key, closes_at, count, first_at, last_at, user_id, address)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (rule, key, closes_at) DO UPDATE SET
        count = auth_refusals.count + excluded.count, last_at = excluded.last_at
"""
_IS_ANY_OVER: Final = "SELECT 1 AS found FROM auth_refusals WHERE closes_at <= %s LIMIT 1"
_OVER: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        SELECT rule, key, closes_at, count, first_at, last_at, user_id, address
        FROM auth_refusals WHERE closes_at <= %s ORDER BY rule, key, closes_at LIMIT %s
    """,
    "postgres": """
        SELECT rule, key, closes_at, count, first_at, last_at, user_id, address
        FROM auth_refusals WHERE closes_at <= %s ORDER BY rule, key, closes_at LIMIT %s
        FOR UPDATE SKIP LOCKED
    """,
}
_REMOVE: Final = "DELETE FROM auth_refusals WHERE rule = %s AND key = %s AND closes_at = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRow:
    """How often a rule refused a key in the window that ends at ``closes_at``.

    ``user_id`` and ``address`` are those of the first. The key is a digest that only the
    holder of ``JWT_KEY`` can make.
    """

    rule: str
    key: str
    closes_at: int
    count: int
    first_at: int
    last_at: int
    user_id: str | None
    address: str | None

    @property
    def slot(self) -> tuple[str, str, int]:
        """What there is one row of."""
        return self.rule, self.key, self.closes_at

    def values(self) -> tuple[object, ...]:
        """Return what is bound to an insert; what strangers wrote is escaped (LOG-2)."""
        return (*self.slot, self.count, self.first_at, self.last_at, self.user_id, escaped(self.address))


class RefusalRows:
    """Counts in the database, on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rows: Sequence[RefusalRow]) -> None:
        """Add to the counts of windows; what the caller's transaction undoes was refused all the same.

        Raises:
            UnavailableError: the database does not answer; nothing was added.
        """
        self._database.apart(partial(self._add, rows))

    def are_any_over(self, before: int) -> bool:
        """Tell whether a window ended by then; no writer is held up for it."""
        return self._database.query(_IS_ANY_OVER, (before,), fetch="one") is not None

    def take_over(self, before: int) -> list[RefusalRow]:
        """Remove some of the windows that ended by then, in the transaction that stands, and return them."""
        rows = self._database.query(
            _OVER[self._database.dialect], (before, AT_ONCE), fetch="all", into=RefusalRow
        )
        for row in rows:
            self._database.query(_REMOVE, row.slot)
        return rows

    def _add(self, rows: Sequence[RefusalRow]) -> None:
        if len(rows) == 1:  # nearly always, and before an answer: it does not wait for the disk on SQLite
            self._database.lightly(_ADD, rows[0].values())
            return
        with self._database.transaction():
            for row in rows:
                self._database.query(_ADD, row.values())
