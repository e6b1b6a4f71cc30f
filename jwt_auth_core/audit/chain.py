"""The chain of seals in the database: the table ``auth_audit_seals``, and the keys that are in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from jwt_auth_core.audit.seal import Seal
from jwt_auth_core.database.query import Database

PAGE: Final = 200

_LAST: Final = """
    SELECT number, at, count, first_id, last_id, newest_at, ids, prints, digest, pruned_through, cluster,
        horizon, above, previous, key_id, mac
    FROM auth_audit_seals ORDER BY number DESC LIMIT 1
"""
_READ: Final = """
    SELECT number, at, count, first_id, last_id, newest_at, ids, prints, digest, pruned_through, cluster,
        horizon, above, previous, key_id, mac
    FROM auth_audit_seals WHERE number > %s ORDER BY number LIMIT %s
"""
_ADD: Final = """
    INSERT INTO auth_audit_seals
        (number, at, count, first_id, last_id, newest_at, ids, prints, digest, pruned_through, cluster,
        horizon, above, previous, key_id, mac)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_HIGHEST: Final = "SELECT COALESCE(MAX(last_id), 0) AS id FROM auth_audit_seals"
_FORGET: Final = "DELETE FROM auth_audit_seals WHERE number < %s"
_KEYS: Final = "SELECT key_id FROM auth_audit_keys ORDER BY since, key_id"
# Of rows that no seal has yet, whose writer may have been killed before it sealed them.
_UNSEALED_KEYS: Final = """
    SELECT DISTINCT key_id FROM auth_audit
    WHERE id > (SELECT COALESCE(MAX(last_id), 0) FROM auth_audit_seals) AND key_id IS NOT NULL ORDER BY key_id
"""
_ADD_KEY: Final = "INSERT INTO auth_audit_keys (key_id, since) VALUES (%s, %s) ON CONFLICT DO NOTHING"


class Chain:
    """Seals, in the order of their numbers; the database takes each number once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> Seal | None:
        """Return the newest seal."""
        return self._database.query(_LAST, fetch="one", into=Seal)

    def seals(self) -> Iterator[Seal]:
        """Yield all of them, the oldest first."""
        after = 0
        while page := self._database.query(_READ, (after, PAGE), fetch="all", into=Seal):
            yield from page
            after = page[-1].number

    def highest(self) -> int:
        """Return the highest id of a row that is under a seal."""
        row = self._database.query(_HIGHEST, fetch="one")
        return int(row["id"]) if row else 0

    def add(self, seal: Seal) -> None:
        """Add a seal."""
        self._database.query(_ADD, seal.values())

    def forget(self, *, before: int) -> None:
        """Remove the seals before a number, when their rows were pruned."""
        self._database.query(_FORGET, (before,))

    def key_ids(self) -> list[str]:
        """Return the ids of the keys that rows and seals name."""
        named = [row["key_id"] for row in self._database.query(_KEYS, fetch="all")]
        unsealed = [row["key_id"] for row in self._database.query(_UNSEALED_KEYS, fetch="all")]
        return list(dict.fromkeys([*named, *unsealed]))

    def add_keys(self, key_ids: Iterable[str], *, now: int) -> None:
        """Note that rows or seals name these keys."""
        for key_id in sorted(key_ids):
            self._database.query(_ADD_KEY, (key_id, now))
