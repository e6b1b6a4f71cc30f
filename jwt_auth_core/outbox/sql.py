"""The outbox in the database, on SQLite and PostgreSQL: the table ``auth_outbox``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.outbox.message import Entry, Message, State
from jwt_auth_core.outbox.statements import STATEMENTS
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Clock

KEEP_SECONDS: Final = 30 * 86_400
"""How long a message is kept that was never delivered, whatever hindered it: 30 days."""

FORGOTTEN_AT_ONCE: Final = 1_000

_REMOVE: Final = "DELETE FROM auth_outbox WHERE id = %s"
_LIST: Final = """
    SELECT id, kind, recipient, facts, created_at, attempts, due_at, lease_owner, dead_at, error
    FROM auth_outbox WHERE id > %s AND (%s IS NULL OR kind = %s) ORDER BY id LIMIT %s
"""
_LIST_DEAD: Final = """
    SELECT id, kind, recipient, facts, created_at, attempts, due_at, lease_owner, dead_at, error
    FROM auth_outbox WHERE id > %s AND (%s IS NULL OR kind = %s) AND dead_at IS NOT NULL ORDER BY id LIMIT %s
"""
_RETRY: Final = """
    UPDATE auth_outbox SET dead_at = NULL, attempts = 0, due_at = created_at
    WHERE id = %s AND (%s IS NULL OR kind = %s) AND lease_owner IS NULL
"""
_RETRY_DEAD: Final = """
    UPDATE auth_outbox SET dead_at = NULL, attempts = 0, due_at = created_at
    WHERE dead_at IS NOT NULL AND (%s IS NULL OR kind = %s)
"""
_COUNT: Final = """
    SELECT COUNT(*) - COUNT(dead_at) AS waiting, COUNT(dead_at) AS dead,
        MIN(CASE WHEN dead_at IS NULL THEN created_at END) AS oldest_at
    FROM auth_outbox WHERE (%s IS NULL OR kind = %s)
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages wait and are dead, and of when the oldest is that waits."""

    waiting: int
    dead: int
    oldest_at: int | None


class SqlOutbox:
    """The messages of a database whose schema is there (``jwt-auth migrate``).

    Time is the database's unless a clock is given, so that workers whose clocks differ lease by one.
    """

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock
        self._sql = STATEMENTS[database.dialect]

    def add(self, message_id: str, kind: str, recipient: str, facts: Mapping[str, object]) -> None:
        """Keep a message, in the transaction that the caller stands in, if it stands in one.

        Raises:
            TypeError, ValueError: the facts hold what JSON does not have: a `Secret`, for one.
            UnavailableError: it is not kept.
        """
        text = json.dumps(facts, allow_nan=False, separators=(",", ":"))
        self._database.query(self._sql.add, (message_id, kind, recipient, text, self._time()))

    def due_in(self, kind: str) -> int | None:
        """Return in how many seconds the next message of a kind is due; None when there is none."""
        row = self._database.query(self._sql.due_in, (self._time(), kind), fetch="one")
        return None if row is None else row["seconds"]

    def claim(self, kind: str, *, owner: str, lease_seconds: int, most: int) -> Sequence[Message]:
        """Lease what is due to one owner, the oldest first; to whom no other worker's lease is given.

        Whoever has one tells how it ended, or the message is due again when the lease ends.
        """
        now = self._time()
        values = (owner, now, lease_seconds, kind, now, most)
        rows = self._database.query(self._sql.claim, values, fetch="all")
        return sorted(map(_message, rows), key=lambda message: message.id)

    def remove(self, message_id: str) -> None:
        """Take out what was delivered, whoever has its lease by now."""
        self._database.query(_REMOVE, (message_id,))

    def release(self, message_ids: Sequence[str], *, owner: str) -> None:
        """Give back what was not tried, as if it had not been claimed."""
        self._database.query(self._sql.release, (json.dumps([*message_ids]), owner))

    def line_up(self, message_id: str, *, owner: str, seconds: int, error: str) -> None:
        """Give back what was tried in vain through no fault of its own, behind all that is due by then."""
        self._database.query(self._sql.line_up, (error, self._time(), seconds, message_id, owner))

    def postpone(self, message_id: str, *, owner: str, seconds: int, error: str) -> None:
        """Put a message off, unless the lease is another's by now."""
        self._database.query(self._sql.postpone, (error, self._time(), seconds, message_id, owner))

    def bury(self, message_id: str, *, owner: str, error: str) -> None:
        """Try it no more, unless the lease is another's by now."""
        self._database.query(self._sql.bury, (error, self._time(), message_id, owner))

    def forget(self) -> int:
        """Drop some of what is older than 30 days, dead or not; return how many."""
        return self._database.query(self._sql.forget, (self._time(), KEEP_SECONDS, FORGOTTEN_AT_ONCE))

    def entries(
        self, *, kind: str | None = None, only_dead: bool = False, after: str = "", most: int = 100
    ) -> list[Entry]:
        """Return what is there behind an id, of one kind or of all, the oldest first."""
        values = (after, kind, kind, most)
        if only_dead:
            return [_entry(row) for row in self._database.query(_LIST_DEAD, values, fetch="all")]
        return [_entry(row) for row in self._database.query(_LIST, values, fetch="all")]

    def retry(self, message_id: str, *, kind: str | None = None) -> bool:
        """Have a message tried now and as often as a new one; False when it is not there, or being sent."""
        return self._database.query(_RETRY, (message_id, kind, kind)) == 1

    def retry_dead(self, *, kind: str | None = None) -> int:
        """Have every dead message, of one kind or of all, tried as a new one; return how many."""
        return self._database.query(_RETRY_DEAD, (kind, kind))

    def counts(self, *, kind: str | None = None) -> Counts:
        """Return how much there is, of one kind or of all."""
        row = self._database.query(_COUNT, (kind, kind), fetch="one", into=Counts)
        return row or Counts(0, 0, None)

    def _time(self) -> int | None:
        return None if self._clock is None else self._clock()


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        kind=row["kind"],
        recipient=row["recipient"],
        facts=json.loads(row["facts"]),
        created_at=row["created_at"],
        attempts=row["attempts"],
    )


def _entry(row: Row) -> Entry:
    state: State = "waiting"
    if row["dead_at"] is not None:
        state = "dead"
    elif row["lease_owner"] is not None:
        state = "sending"
    return Entry(_message(row), state, row["due_at"], row["error"])
