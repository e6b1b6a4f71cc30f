"""The chain of seals in the database: the table ``auth_audit_seals``, and the keys that are in use."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from jwt_auth_core.audit.seal import Seal
from jwt_auth_core.database.query import Database
from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.keys.derived import DerivedKey
from jwt_auth_core.records import dataclass

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
_BEFORE: Final = """
    SELECT number, at, count, first_id, last_id, newest_at, ids, prints, digest, pruned_through, cluster,
        horizon, above, previous, key_id, mac
    FROM auth_audit_seals WHERE number < %s ORDER BY number DESC LIMIT %s
"""
_FORGET: Final = "DELETE FROM auth_audit_seals WHERE number < %s"
_KEYS: Final = "SELECT key_id FROM auth_audit_keys ORDER BY since, key_id"
# Of rows that no seal has yet, whose writer may have been killed before it sealed them.
_UNSEALED_KEYS: Final = """
    SELECT DISTINCT key_id FROM auth_audit
    WHERE id > (SELECT COALESCE(MAX(last_id), 0) FROM auth_audit_seals) AND key_id IS NOT NULL ORDER BY key_id
"""
_ADD_KEY: Final = "INSERT INTO auth_audit_keys (key_id, since) VALUES (%s, %s) ON CONFLICT DO NOTHING"


class BrokenChainError(UnavailableError):
    """Raised when nothing can be sealed: the last seal, ``number``, is under a key that is not there."""

    code = "audit_chain_broken"

    def __init__(self, number: int, key_id: str) -> None:
        self.number = number
        self.key_id = key_id
        super().__init__(f"seal {number} names the key {key_id!a}, which ENCRYPTION_KEYS lacks")


@dataclass(frozen=True, slots=True)
class Ends:
    """The newest seal of all, behind which the next one stands, and the newest that can be believed.

    They are the same unless somebody without a key wrote into the chain: of what he wrote nothing is taken
    over but its HMAC, so that it cannot be taken away again without a trace.
    """

    top: Seal | None
    good: Seal | None


class Chain:
    """Seals, in the order of their numbers; the database takes each number once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> Seal | None:
        """Return the newest seal, whoever wrote it."""
        return self._database.query(_LAST, fetch="one", into=Seal)

    def ends(self, keys: Mapping[str, DerivedKey]) -> Ends:
        """Return the newest seal, and the newest that a sealer wrote: one of these keys is under it.

        Raises:
            BrokenChainError: a seal on the way there names another key.
        """
        top = self.last()
        for seal in self._down(top):
            if seal.seal(keys) == "good":
                return Ends(top, seal)
            if seal.seal(keys) == "unknown key":
                raise BrokenChainError(seal.number, str(seal.key_id))
        return Ends(top, None)

    def forged(self, keys: Mapping[str, DerivedKey], *, most: int) -> list[int]:
        """Return the numbers of those that no sealer wrote, of so many of the newest ones."""
        newest = itertools.islice(self._down(self.last()), most)
        return sorted(seal.number for seal in newest if seal.seal(keys) == "wrong")

    def seals(self) -> Iterator[Seal]:
        """Yield all of them, the oldest first."""
        after = 0
        while page := self._database.query(_READ, (after, PAGE), fetch="all", into=Seal):
            yield from page
            after = page[-1].number

    def highest(self, keys: Mapping[str, DerivedKey]) -> int:
        """Return the highest id of a row that is under a seal that a sealer wrote; all are looked at."""
        return max((seal.last_id or 0 for seal in self.seals() if seal.seal(keys) == "good"), default=0)

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

    def _down(self, top: Seal | None) -> Iterator[Seal]:
        """Yield the seals from one on, the newest first."""
        page = [] if top is None else [top]
        while page:
            yield from page
            page = self._database.query(_BEFORE, (page[-1].number, PAGE), fetch="all", into=Seal)

    def add_keys(self, key_ids: Iterable[str], *, now: int) -> None:
        """Note that rows or seals name these keys."""
        for key_id in sorted(key_ids):
            self._database.query(_ADD_KEY, (key_id, now))
