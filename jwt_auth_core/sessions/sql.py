"""Refresh sessions in the database, on SQLite and PostgreSQL: the table ``auth_sessions``.

A batch is two statements: read all of its sessions, decide here, write those that nobody has changed
since. No lock is held while we think: on SQLite, where one process writes at a time, others wait for a
fraction of a millisecond. What somebody was faster with is judged again in a transaction, which locks what
is free: a session whose row somebody else has locked holds up no other.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, LiteralString

from jwt_auth_core.database.query import Database, Outcome
from jwt_auth_core.database.statement import scan
from jwt_auth_core.encoding import b64url_encode, compact_json
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.sessions.record import Record, decide_within, opened
from jwt_auth_core.sessions.rows import as_read, by_id, changeable, record_of, state
from jwt_auth_core.sessions.session import (
    NewSession,
    Refused,
    Rotating,
    Rotation,
    Session,
    Verdict,
    checked_lifetimes,
    checked_reason,
    parse_session_id,
)
from jwt_auth_core.sessions.statements import (
    STATEMENTS,
    SWAPPED_AT_ONCE,
    SWAPPED_VALUES,
    sqlite_swap,
)
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.sessions.use_limit import MICROSECONDS, UseLimit
from jwt_auth_core.steps import Steps, aside, run
from jwt_auth_core.vocabulary import Clock, SessionId

Swap = tuple[Sequence[Any], Record]
"""What of a row may change, as it was read, and the record that shall stand in its place."""

PURGE_EVERY: Final = 32
"""How many sessions are opened between two looks for records that are over."""

PURGE_WINDOW: Final = 256
"""How many records one look sees: eight for each that is opened, so few dead ones stay behind."""


class SqlSessions:
    """A `SessionStore` in a database whose schema is there (``jwt-auth migrate``).

    Lifetimes are in seconds. Time is the database's unless a clock is given; tests give one. A ``limit``
    says how often a session's tokens may be presented.
    """

    def __init__(
        self,
        database: Database,
        *,
        idle_seconds: int,
        max_age_seconds: int,
        clock: Clock | None = None,
        limit: UseLimit | None = None,
    ) -> None:
        checked_lifetimes(idle_seconds=idle_seconds, max_age_seconds=max_age_seconds)
        self._database = database
        self._idle_seconds = idle_seconds
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._limit = limit
        self._sql = STATEMENTS[database.dialect]
        self._openings = itertools.count(1)
        self._swap = self._swapped if database.dialect == "postgres" else self._swapped_by_value
        self.rotating: Rotating | None = self._swapping if database.dialect == "postgres" else None

    def open(self, new: NewSession) -> Session:
        """See `SessionStore.open`."""
        if next(self._openings) % PURGE_EVERY == 0:
            self._purge(new.session_id)
        session = opened(new, now=0, max_age_seconds=0).session
        client, methods = session.client, " ".join(session.methods)
        digest = b64url_encode(new.digest)
        values = (new.session_id, new.user_id, digest, methods, client.address, client.user_agent)
        times = (new.authenticated_at, self._max_age_seconds, new.session_version, self._time())
        written = self._database.query(self._sql.open, (*values, *times), fetch="one")
        record = record_of(written) if written is not None else self._read(new.session_id)[0]
        if record is None:
            raise StoreUnavailableError(self._database.dialect, "lost a session that was just written")
        return record.told_to(new)

    def rotate(self, presented: Sequence[Presented]) -> list[Rotation]:
        """See `SessionStore.rotate`; a session in use is waited for after the others, by itself."""
        rotations = self.rotate_at_once(presented)
        busy = {rotation.session_id for rotation in rotations if rotation.verdict is Verdict.BUSY}
        for name in sorted(busy):
            places = [place for place, one in enumerate(presented) if one.session_id == name]
            try:
                found = self._rotated([presented[place] for place in places], self._sql.lock)
            except StoreUnavailableError:
                break  # it stays busy, and so do the rest: there is one time to wait, not one for each
            for place, rotation in zip(places, found, strict=True):
                rotations[place] = rotation
        return rotations

    def rotate_at_once(self, presented: Sequence[Presented]) -> list[Rotation]:
        """Do the same without waiting: a session in use is answered with ``Verdict.BUSY``."""
        return run(self._swapping(presented))

    def _swapping(self, presented: Sequence[Presented]) -> Steps[list[Rotation]]:
        """Judge what is read without a lock, and write it where nobody has changed it since.

        That is one statement, which the database begins and ends by itself: no other writer waits for us to
        think. What it did not write is judged once more, under a lock.
        """
        if not presented:
            return []
        names = {parse_session_id(one.session_id) for one in presented}
        read = yield from self._running(self._sql.read, (self._microseconds(), _json(sorted(names))))
        before, at = by_id(read.rows)
        rotations, after = self._decided(presented, before, at)
        changed = {name: record for name, record in after.items() if record != before.get(name)}
        was = {row[0]: as_read(row) for row in read.rows}
        pairs = [(was[name], record) for name, record in changed.items() if record is not None]
        written = (yield from self._swap(pairs)) if pairs else ()
        lost = changed.keys() - written  # with those that are over, whose rows go
        if lost:
            places = [place for place, one in enumerate(presented) if one.session_id in lost]
            again = partial(self._rotated, [presented[place] for place in places], self._sql.lock_free)
            for place, rotation in zip(places, (yield from aside(again)()), strict=True):
                rotations[place] = rotation
        return rotations

    def _swapped(self, pairs: Sequence[Swap]) -> Steps[Collection[SessionId]]:
        """Write records in the place of rows that are still as they were; return whose were written."""
        batch = [{**changeable(new), "was": was} for was, new in pairs]
        outcome = yield from self._running(self._sql.swap, (_json(batch),))
        return [SessionId(row[0]) for row in outcome.rows]

    def _swapped_by_value(self, pairs: Sequence[Swap]) -> Steps[Collection[SessionId]]:
        """Do the same on SQLite: all of some, or none of them."""
        written = list[SessionId]()
        for start in range(0, len(pairs), SWAPPED_AT_ONCE):
            some = pairs[start : start + SWAPPED_AT_ONCE]
            size = 1 << (len(some) - 1).bit_length()  # eight statements are kept, not one for each number
            values = [value for was, new in some for value in (new.session.session_id, *state(new), *was)]
            values += [None] * (SWAPPED_VALUES * (size - len(some)))
            outcome = yield from self._running(sqlite_swap(size), (*values, len(some)))
            if outcome.count:
                written += [new.session.session_id for _, new in some]
        return written

    def _running(self, sql: LiteralString, values: Sequence[object]) -> Steps[Outcome]:
        return self._database.running(scan(sql, self._database.dialect), values)

    def _rotated(self, presented: Sequence[Presented], lock: LiteralString) -> list[Rotation]:
        with self._database.transaction():
            names = {parse_session_id(one.session_id) for one in presented}
            before, at = self._locked(lock, names)
            skips = lock is not self._sql.lock
            busy: Collection[SessionId] = self._busy(names - before.keys()) if skips else ()
            rotations, after = self._decided(presented, before, at, busy)
            self._write([r for name, r in after.items() if r is not None and r != before[name]])
            self._forget([name for name in before if after[name] is None])
        return rotations

    def _decided(
        self,
        presented: Sequence[Presented],
        before: Mapping[SessionId, Record],
        at: int,
        busy: Collection[SessionId] = (),
    ) -> tuple[list[Rotation], dict[SessionId, Record | None]]:
        after: dict[SessionId, Record | None] = {**before}
        rotations: list[Rotation] = []
        for one in presented:
            if one.session_id in busy:
                rotations.append(Refused(Verdict.BUSY, one.session_id))
                continue
            decision = decide_within(
                after.get(one.session_id),
                one,
                at=at,
                idle_seconds=self._idle_seconds,
                limit=self._limit,
            )
            after[one.session_id] = decision.record
            rotations.append(decision.rotation(one.session_id))
        return rotations, after

    def end(self, session_id: SessionId, reason: str) -> None:
        """See `SessionStore.end`."""
        values = (checked_reason(reason), self._time(), parse_session_id(session_id))
        self._database.query(self._sql.end, values)

    def forget(self, session_id: SessionId) -> None:
        """See `SessionStore.forget`."""
        self._forget([parse_session_id(session_id)])

    def find(self, session_id: SessionId) -> Session | None:
        """See `SessionStore.find`."""
        record, now = self._read(parse_session_id(session_id))
        return None if record is None else self._living(record, now)

    def find_all(self, session_ids: Sequence[SessionId]) -> list[Session | None]:
        """See `SessionStore.find`; all in one round trip."""
        names = _json([parse_session_id(one) for one in session_ids])
        rows = self._database.query(self._sql.find_all, (self._time(), names), fetch="all")
        found = {row["session_id"]: self._living(record_of(row), int(row["now"])) for row in rows}
        return [found.get(one) for one in session_ids]

    def check(self) -> None:
        """See `SessionStore.check`.

        Raises:
            MissingTableError: ``jwt-auth migrate`` has not run.
        """
        self._database.query("SELECT 1 AS found FROM auth_sessions LIMIT 1", fetch="one")

    def _living(self, record: Record, now: int) -> Session | None:
        return record.session if record.is_live(now=now, idle_seconds=self._idle_seconds) else None

    def _purge(self, place: SessionId) -> None:
        # Ids are random: from look to look a new one is a new place in the table.
        values = (place, PURGE_WINDOW, self._time(), self._time(), self._idle_seconds)
        self._database.query(self._sql.purge, values)

    def _time(self) -> int | None:
        return None if self._clock is None else self._clock()

    def _microseconds(self) -> int | None:
        if self._clock is not None:
            return self._clock() * MICROSECONDS
        return time.time_ns() // 1000 if self._database.dialect == "sqlite" else None

    def _read(self, session_id: SessionId) -> tuple[Record | None, int]:
        row = self._database.query(self._sql.find, (self._time(), session_id), fetch="one")
        return (None, 0) if row is None else (record_of(row), int(row["now"]))

    def _locked(self, lock: LiteralString, names: Iterable[SessionId]) -> tuple[dict[SessionId, Record], int]:
        rows = self._database.query(lock, (self._microseconds(), _json(sorted(names))), fetch="all")
        return by_id([[*row.values()] for row in rows])

    def _busy(self, names: Collection[SessionId]) -> Collection[SessionId]:
        """Return which of the sessions that could not be locked are there all the same."""
        if not names:
            return names
        rows = self._database.query(self._sql.present, (_json(sorted(names)),), fetch="all")
        return {SessionId(row["session_id"]) for row in rows}

    def _write(self, records: Sequence[Record]) -> None:
        if records:
            self._database.query(self._sql.write, (_json([changeable(r) for r in records]),))

    def _forget(self, names: Sequence[SessionId]) -> None:
        if names:
            self._database.query(self._sql.forget, (_json(names),))


def _json(value: Sequence[object]) -> str:
    return compact_json(value).decode()
