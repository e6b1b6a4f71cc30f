"""Refresh sessions in the database, on SQLite and PostgreSQL: the table ``auth_sessions``.

A batch is one transaction: read and lock all of its sessions that are free, decide here, write what
changed. A session whose row somebody else has locked holds up no other.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, LiteralString, cast

from jwt_auth_core.database.query import Database
from jwt_auth_core.encoding import b64url_decode, b64url_encode, compact_json, strict_json
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.sessions.record import Record, decide_within, opened
from jwt_auth_core.sessions.session import (
    NewSession,
    Refused,
    Rotation,
    Session,
    Verdict,
    checked_lifetimes,
    checked_reason,
    parse_session_id,
)
from jwt_auth_core.sessions.statements import STATEMENTS
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.sessions.use_limit import MICROSECONDS, Counts, UseLimit
from jwt_auth_core.vocabulary import Client, Clock, SessionId, UserId

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

    def open(self, new: NewSession) -> Session:
        """See `SessionStore.open`."""
        if next(self._openings) % PURGE_EVERY == 0:
            self._purge(new.session_id)
        session = opened(new, now=0, max_age_seconds=0).session
        client, methods = session.client, " ".join(session.methods)
        digest = b64url_encode(new.digest)
        values = (new.session_id, new.user_id, digest, methods, client.address, client.user_agent)
        times = (new.authenticated_at, self._max_age_seconds, new.session_version, self._time())
        self._database.query(self._sql.open, (*values, *times))
        record, _ = self._read(new.session_id)
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
        return self._rotated(presented, self._sql.lock_free) if presented else []

    def _rotated(self, presented: Sequence[Presented], lock: LiteralString) -> list[Rotation]:
        with self._database.transaction():
            names = {parse_session_id(one.session_id) for one in presented}
            before, at = self._locked(lock, names)
            skips = lock is not self._sql.lock
            busy: Collection[SessionId] = self._busy(names - before.keys()) if skips else ()
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
            self._write([r for name, r in after.items() if r is not None and r != before[name]])
            self._forget([name for name in before if after[name] is None])
        return rotations

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
        found = {row["session_id"]: self._living(_record(row), int(row["now"])) for row in rows}
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
        return (None, 0) if row is None else (_record(row), int(row["now"]))

    def _locked(self, lock: LiteralString, names: Iterable[SessionId]) -> tuple[dict[SessionId, Record], int]:
        rows = self._database.query(lock, (self._microseconds(), _json(sorted(names))), fetch="all")
        records = [_record(row) for row in rows]
        # Without a row nothing is compared with the time.
        at = max((int(row["at"]) for row in rows), default=0)
        return {record.session.session_id: record for record in records}, at

    def _busy(self, names: Collection[SessionId]) -> Collection[SessionId]:
        """Return which of the sessions that could not be locked are there all the same."""
        if not names:
            return names
        rows = self._database.query(self._sql.present, (_json(sorted(names)),), fetch="all")
        return {SessionId(row["session_id"]) for row in rows}

    def _write(self, records: Sequence[Record]) -> None:
        if records:
            self._database.query(self._sql.write, (_json([_changeable(r) for r in records]),))

    def _forget(self, names: Sequence[SessionId]) -> None:
        if names:
            self._database.query(self._sql.forget, (_json(names),))


def _json(value: Sequence[object]) -> str:
    return compact_json(value).decode()


def _record(row: Mapping[str, Any]) -> Record:
    session = Session(
        SessionId(row["session_id"]),
        UserId(row["user_id"]),
        created_at=row["created_at"],
        authenticated_at=row["authenticated_at"],
        last_used_at=row["last_used_at"],
        ends_at=row["ends_at"],
        methods=tuple(row["methods"].split()),
        client=Client(row["address"], row["user_agent"]),
        session_version=row["session_version"],
    )
    previous = row["previous_digest"]
    return Record(
        session,
        b64url_decode(row["current_digest"]),
        confirmed_at=row["confirmed_at"],
        generation=row["generation"],
        previous=None if previous is None else b64url_decode(previous),
        used_at=row["used_at"],
        ended_reason=row["ended_reason"],
        ended_at=row["ended_at"],
        counts={} if (counts := row["counts"]) is None else _counts(counts),
    )


def _counts(text: str) -> Counts:
    return cast("Counts", strict_json(text.encode()))


def _changeable(record: Record) -> dict[str, object]:
    return {
        "session_id": record.session.session_id,
        "current_digest": b64url_encode(record.current),
        "generation": record.generation,
        "previous_digest": None if record.previous is None else b64url_encode(record.previous),
        "confirmed_at": record.confirmed_at,
        "used_at": record.used_at,
        "last_used_at": record.session.last_used_at,
        "ended_reason": record.ended_reason,
        "ended_at": record.ended_at,
        "counts": compact_json(record.counts).decode() if record.counts else None,
    }
