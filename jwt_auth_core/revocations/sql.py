"""The ledger in the database, and a feed of it for installations without Redis; SQLite and PostgreSQL.

Both stand on the table ``auth_revocations``. The ledger also reads what a process that died before
it published left elsewhere: ``auth_revoked_sessions``, and the cut-offs and marks of ``auth_accounts``.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.feed import Batch, Position
from jwt_auth_core.revocations.revocation import CutOff, EndedSession, Recorded, Revocation

POLL_SECONDS: Final = 0.25
PAGE: Final = 10_000
LATELY: Final = 100
ENDED_LATELY: Final = 1_000
FORGET_EVERY: Final = 32
FORGOTTEN_AT_ONCE: Final = 1_000

_NOBODY: Final = "00000000-0000-0000-0000-000000000000"  # before every user's id

_KEEP: Final = """
    INSERT INTO auth_revocations
        (session_id, user_id, valid_after, session_version, token_version, recorded_at, expires_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_PUBLISH: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": _KEEP,
    # One at a time: a row may not appear behind one with a higher position, where no reader looks.
    "postgres": """
        WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext('jwt-auth revocations')))
        INSERT INTO auth_revocations
            (session_id, user_id, valid_after, session_version, token_version, recorded_at, expires_at)
        SELECT %s, %s, %s::bigint, %s::bigint, %s::bigint, %s, %s FROM turn
    """,
}
_FORGET: Final = """
    DELETE FROM auth_revocations WHERE position IN
    (SELECT position FROM auth_revocations WHERE expires_at <= %s ORDER BY expires_at LIMIT %s)
"""
_LAST: Final = """
    SELECT position, session_id, user_id, valid_after, session_version, token_version
    FROM auth_revocations ORDER BY position DESC LIMIT 1
"""
_FROM: Final = """
    SELECT position, session_id, user_id, valid_after, session_version, token_version
    FROM auth_revocations WHERE position >= %s ORDER BY position LIMIT %s
"""
_KEPT: Final = """
    SELECT position, session_id, user_id, valid_after, session_version, token_version, recorded_at
    FROM auth_revocations WHERE recorded_at >= %s AND position > %s ORDER BY position LIMIT %s
"""
_ENDED: Final = """
    SELECT session_id, revoked_at FROM auth_revoked_sessions
    WHERE (revoked_at, session_id) > (%s, %s) ORDER BY revoked_at, session_id LIMIT %s
"""
_CUT_OFF: Final = """
    SELECT user_id, sessions_valid_after, session_version, disabled_at FROM auth_accounts
    WHERE (sessions_valid_after >= %s OR disabled_at >= %s) AND user_id > %s ORDER BY user_id LIMIT %s
"""
_TOKENS_CUT_OFF: Final = """
    SELECT user_id, tokens_valid_after, token_version FROM auth_accounts
    WHERE tokens_valid_after >= %s AND user_id > %s ORDER BY user_id LIMIT %s
"""
# By three indexes; without an order, for which a planner may prefer to walk through everybody.
_LATELY_CUT_OFF: Final = """
    SELECT user_id, sessions_valid_after, session_version, disabled_at, tokens_valid_after, token_version
    FROM auth_accounts
    WHERE tokens_valid_after >= %s OR sessions_valid_after >= %s OR disabled_at >= %s LIMIT %s
"""
# One round trip, by two indexes: the last that were kept, and the last sessions that were ended.
_LATELY: Final = """
    SELECT session_id, user_id, valid_after, session_version, token_version, recorded_at
    FROM (SELECT * FROM auth_revocations ORDER BY position DESC LIMIT %s) AS kept
    UNION ALL
    SELECT session_id, NULL, NULL, NULL, NULL, revoked_at
    FROM (SELECT session_id, revoked_at FROM auth_revoked_sessions WHERE revoked_at >= %s
          ORDER BY revoked_at DESC, session_id DESC LIMIT %s) AS ended
"""


class _Writer:
    """Inserts revocations, and now and then forgets some whose time has come."""

    def __init__(self, database: Database, statement: LiteralString, *, keep_seconds: int) -> None:
        self._database = database
        self._statement: LiteralString = statement
        self._keep_seconds = keep_seconds
        self._written = itertools.count()

    def insert(self, recorded: Recorded) -> None:
        if next(self._written) % FORGET_EVERY == 0:
            self._database.query(_FORGET, (recorded.at, FORGOTTEN_AT_ONCE))
        values = (*_columns(recorded.revocation), recorded.at, recorded.until(self._keep_seconds))
        self._database.query(self._statement, values)


class SqlLedger:
    """A `Ledger` in a database whose schema is there (``jwt-auth migrate``).

    What is kept goes ``keep_seconds`` after it was recorded, a bounded number at a time.
    """

    def __init__(self, database: Database, *, keep_seconds: int) -> None:
        self._database = database
        self._writer = _Writer(database, _KEEP, keep_seconds=keep_seconds)

    def keep(self, recorded: Recorded) -> None:
        """Keep a revocation where neither Redis nor the deletion of its user can reach it.

        Raises:
            StoreUnavailableError: the database does not answer.
        """
        self._writer.insert(recorded)

    def since(self, at: int) -> Iterator[Sequence[Recorded]]:
        """See `Ledger.since`."""
        yield from self._kept_since(at)
        yield from self._ended_since(at)
        yield from self._cut_off_since(at)
        yield from self._tokens_cut_off_since(at)

    def lately(self, at: int) -> Iterator[Recorded]:
        """See `Ledger.lately`."""
        for row in self._database.query(_LATELY_CUT_OFF, (at, at, at, PAGE), fetch="all"):
            if row["tokens_valid_after"] is not None:
                yield _tokens(row)
            if row["sessions_valid_after"] is not None or row["disabled_at"] is not None:
                yield _account(row)
        for row in self._database.query(_LATELY, (LATELY, at, ENDED_LATELY), fetch="all"):
            yield Recorded(_revocation(row), row["recorded_at"])

    def _kept_since(self, at: int) -> Iterator[Sequence[Recorded]]:
        position = 0
        while rows := self._database.query(_KEPT, (at, position, PAGE), fetch="all"):
            yield [Recorded(_revocation(row), row["recorded_at"]) for row in rows]
            position = rows[-1]["position"]

    def _ended_since(self, at: int) -> Iterator[Sequence[Recorded]]:
        place = (at, "")
        while rows := self._database.query(_ENDED, (*place, PAGE), fetch="all"):
            yield [Recorded(EndedSession(row["session_id"]), row["revoked_at"]) for row in rows]
            place = (rows[-1]["revoked_at"], rows[-1]["session_id"])

    def _cut_off_since(self, at: int) -> Iterator[Sequence[Recorded]]:
        user_id = _NOBODY
        while rows := self._database.query(_CUT_OFF, (at, at, user_id, PAGE), fetch="all"):
            yield [_account(row) for row in rows]
            user_id = rows[-1]["user_id"]

    def _tokens_cut_off_since(self, at: int) -> Iterator[Sequence[Recorded]]:
        user_id = _NOBODY
        while rows := self._database.query(_TOKENS_CUT_OFF, (at, user_id, PAGE), fetch="all"):
            yield [_tokens(row) for row in rows]
            user_id = rows[-1]["user_id"]


@dataclass(frozen=True, slots=True)
class _Place:
    """The last row that was read, whole, so that another row in its place is noticed."""

    number: int
    row: Mapping[str, Any] | None


class SqlFeed:
    """A `Feed` that asks the database every ``poll_seconds``; its rows are the ledger's."""

    def __init__(self, database: Database, *, keep_seconds: int, poll_seconds: float = POLL_SECONDS) -> None:
        self._database = database
        self._writer = _Writer(database, _PUBLISH[database.dialect], keep_seconds=keep_seconds)
        self._poll_seconds = poll_seconds

    def publish(self, recorded: Recorded) -> None:
        """See `Feed.publish`."""
        self._writer.insert(recorded)

    def begin(self) -> Position:
        """See `Feed.begin`."""
        row = self._database.query(_LAST, fetch="one")
        return _Place(row["position"], row) if row else _Place(0, None)

    def read(self, after: Position) -> Batch | None:
        """See `Feed.read`."""
        if not isinstance(after, _Place):
            return None
        rows = self._database.query(_FROM, (after.number, PAGE), fetch="all")
        if after.row is not None and (not rows or rows.pop(0) != after.row):
            return None  # forgotten long ago, or an older state of the database was restored
        if not rows:
            return Batch((), after)
        return Batch([_revocation(row) for row in rows], _Place(rows[-1]["position"], rows[-1]))

    def wait(self, after: Position, ended: threading.Event) -> None:  # noqa: ARG002 - it looks again soon
        """See `Feed.wait`."""
        ended.wait(self._poll_seconds)


def _columns(revocation: Revocation) -> tuple[str | int | None, ...]:
    if isinstance(revocation, CutOff):
        numbers = revocation.session_version, revocation.token_version
        return None, revocation.user_id, revocation.before, *numbers
    return revocation.session_id, None, None, None, None


def _revocation(row: Row) -> Revocation:
    if row["session_id"] is not None:
        return EndedSession(row["session_id"])
    return CutOff(row["user_id"], row["valid_after"], row["session_version"], row["token_version"])


def _account(row: Row) -> Recorded:
    valid_after, disabled_at, version = (
        row["sessions_valid_after"],
        row["disabled_at"],
        row["session_version"],
    )
    if disabled_at is not None:
        # Nothing that was issued is good, and nothing will be before `enable` has moved the number on.
        at = max(valid_after or 0, disabled_at)
        return Recorded(CutOff(row["user_id"], at + 1, version + 1), at)
    if not version:  # of before cut-offs were numbered, and then it is the first moment that is good
        return Recorded(CutOff(row["user_id"], valid_after), valid_after)
    return Recorded(CutOff(row["user_id"], valid_after + 1, version), valid_after)


def _tokens(row: Row) -> Recorded:
    at = row["tokens_valid_after"]
    return Recorded(CutOff(row["user_id"], at + 1, token_version=row["token_version"]), at)
