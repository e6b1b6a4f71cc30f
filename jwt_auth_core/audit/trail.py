"""The trail: the rows of the table ``auth_audit``, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, LiteralString

from jwt_auth_core.audit import search, timeline
from jwt_auth_core.audit.row import Row, row_of
from jwt_auth_core.audit.search import Wanted
from jwt_auth_core.audit.timeline import Part, Parts
from jwt_auth_core.database.like import containing
from jwt_auth_core.database.query import Database
from jwt_auth_core.events import Event
from jwt_auth_core.keys.derived import DerivedKey

PAGE: Final = 1_000
LOOKED_THROUGH: Final = 50_000
"""How many rows one statement looks through that no index leads to."""

_NO_ID: Final = 2**62
_NO_TIME: Final = -(2**62)

_APPEND: Final = """
    INSERT INTO auth_audit
        (event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_READ: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND at >= %s ORDER BY id LIMIT %s
"""
_NEWEST: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit ORDER BY id DESC LIMIT %s
"""
_OF_USER: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE user_id = %s AND id > %s ORDER BY id LIMIT %s
"""
# Those of others in which somebody is named as who did it.
_TELLING_OF: Final = r"""
    SELECT id FROM auth_audit WHERE id > %s AND id <= %s AND facts LIKE %s ESCAPE '\' ORDER BY id
"""
_LAST: Final = "SELECT COALESCE(MAX(id), 0) AS id FROM auth_audit"
_ONE: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id = %s
"""
_NAMED: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE name = %s AND id > %s ORDER BY id LIMIT %s
"""
_CHANGE: Final = """
    UPDATE auth_audit SET user_id = %s, address = %s, user_agent = %s, facts = %s, mac = %s WHERE id = %s
"""
_COPIES: Final = """
    SELECT MAX(id) AS id FROM auth_audit GROUP BY event_id HAVING COUNT(*) > 1 ORDER BY MAX(id)
"""


class Trail:
    """Adds a row an event; no append waits for another one.

    ``key`` is what rows are sealed with, None where no ``ENCRYPTION_KEYS`` are set.
    """

    def __init__(self, database: Database, key: DerivedKey | None = None) -> None:
        self._database = database
        self._key = key

    def append(self, event: Event) -> None:
        """Write an event down, in the transaction that the caller stands in, else at once.

        What is no change of the database, a login for one, does not wait for the disk on SQLite.

        Raises:
            UnavailableError: it is not written.
        """
        self._database.lightly(_APPEND, row_of(event, self._key).values())

    def rows(self, *, after: int = 0, since: int = 0) -> Iterator[Row]:
        """Yield the rows behind an id and not older than a time, in the order of their ids."""
        while page := self._database.query(_READ, (after, since, PAGE), fetch="all", into=Row):
            yield from page
            after = page[-1].id

    def newest(self, count: int) -> list[Row]:
        """Return the last rows, the oldest of them first."""
        return self._database.query(_NEWEST, (count,), fetch="all", into=Row)[::-1]

    def newest_of(self, wanted: Wanted, *, before: int | None, most: int) -> list[Row]:
        """Return rows that are wanted and stand before an id, the newest first."""
        end = _NO_ID if before is None else before
        return self._found(search.DOWN[wanted.choice], wanted, 0, end, most)

    def oldest_of(self, wanted: Wanted, *, after: int, most: int) -> list[Row]:
        """Return rows that are wanted and stand behind an id, the oldest first."""
        return self._found(search.UP[wanted.choice], wanted, after, _NO_ID, most)

    def counts(self, wanted: Wanted, parts: Parts) -> Sequence[Part]:
        """Return how many rows of a user and of an event, or of any, are in each part of a time."""
        values = timeline.values_of(parts, user_id=wanted.user_id, name=wanted.name)
        return timeline.counted(
            parts, self._database.query(timeline.COUNTS[wanted.choice], values, fetch="all")
        )

    def of_user(self, user_id: str) -> Iterator[Row]:
        """Yield the rows that name a user, in the order of their ids."""
        return self._pages(_OF_USER, user_id)

    def telling_of(self, user_id: str) -> list[int]:
        """Return the ids of the rows whose facts name a user: all are looked through, some at a time."""
        last, pattern = self._database.query(_LAST, fetch="one"), containing(user_id)
        found: list[int] = []
        for after in range(0, int(last["id"]) if last else 0, LOOKED_THROUGH):
            values = (after, after + LOOKED_THROUGH, pattern)
            found += [row["id"] for row in self._database.query(_TELLING_OF, values, fetch="all")]
        return found

    def row(self, number: int) -> Row | None:
        """Return the row of an id."""
        return self._database.query(_ONE, (number,), fetch="one", into=Row)

    def named(self, name: str) -> Iterator[Row]:
        """Yield the rows of an event, in the order of their ids."""
        return self._pages(_NAMED, name)

    def change_person(self, row: Row) -> None:
        """Write down who a row is about now, in the open transaction."""
        self._database.query(_CHANGE, (row.user_id, row.address, row.user_agent, row.facts, row.mac, row.id))

    def copies(self) -> list[int]:
        """Return the ids of rows that tell of an event that another row tells of."""
        return [row["id"] for row in self._database.query(_COPIES, fetch="all")]

    def _found(self, sql: LiteralString, wanted: Wanted, after: int, before: int, most: int) -> list[Row]:
        since, until = wanted.since, wanted.until
        if since is not None:  # what is older is not even walked over
            first = self._first(since)
            if first is None:
                return []
            after = max(after, first - search.LOOK_BACK)
        if until is not None:  # nor is what is younger
            first = self._first(until)
            before = before if first is None else min(before, first + search.LOOK_BACK)
        period = (_NO_TIME if since is None else since, _NO_ID if until is None else until)
        values = (after, before, *period, search.OTHER[wanted.outcome], *wanted.values, most)
        return self._database.query(sql, values, fetch="all", into=Row)

    def _first(self, since: int) -> int | None:
        row = self._database.query(search.FIRST_SINCE, (since,), fetch="one")
        return None if row is None else int(row["id"])

    def _pages(self, sql: LiteralString, value: str) -> Iterator[Row]:
        after = 0
        while page := self._database.query(sql, (value, after, PAGE), fetch="all", into=Row):
            yield from page
            after = page[-1].id
