"""Limits in the database, on SQLite and PostgreSQL: the table ``auth_rate_limits``.

A request is one short transaction: lock its buckets, judge here, write what was taken. Who is refused is
mostly told without one: a bucket that is used up when it is read needs no lock, and writes nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import Context
from functools import partial
from typing import Final, LiteralString, TypeVar

from jwt_auth_core.background import Repeating
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.rate_limits.bucket import Asked, Settled, asked, settle
from jwt_auth_core.rate_limits.gcra import UNTOUCHED, State, give_back
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from jwt_auth_core.rate_limits.rule import Take, Taken, Verdict

T = TypeVar("T")

FORGET_SECONDS: Final = 60.0
FORGOTTEN_AT_ONCE: Final = 1_000

# On SQLite time is our own: its processes are of one machine, and its functions know no microseconds.
_READ: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        SELECT bucket, full_at, strikes, NULL AS read_at FROM auth_rate_limits
        WHERE bucket IN (SELECT value FROM json_each(%s))
    """,
    "postgres": """
        SELECT bucket, full_at, strikes, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint AS read_at
        FROM auth_rate_limits WHERE bucket IN (SELECT json_array_elements_text(%s::json))
    """,
}
# Missing rows are made, so that there is something to lock; in one order, so that nobody waits in a circle.
_LOCK: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": _READ["sqlite"],  # its transactions begin as the one writer
    "postgres": """
        INSERT INTO auth_rate_limits AS kept (bucket, full_at, strikes, over_minute)
        SELECT bucket, 0, 0, 0 FROM json_array_elements_text(%s::json) AS bucket ORDER BY bucket COLLATE "C"
        ON CONFLICT (bucket) DO UPDATE SET full_at = kept.full_at
        RETURNING bucket, full_at, strikes,
            (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint AS read_at
    """,
}
_WRITE: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        INSERT INTO auth_rate_limits (bucket, full_at, strikes, over_minute)
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
               json_extract(value, '$[3]') FROM json_each(%s) WHERE true
        ON CONFLICT (bucket) DO UPDATE
        SET full_at = excluded.full_at, strikes = excluded.strikes, over_minute = excluded.over_minute
    """,
    "postgres": """
        UPDATE auth_rate_limits AS kept
        SET full_at = (new->>1)::bigint, strikes = (new->>2)::integer, over_minute = (new->>3)::bigint
        FROM json_array_elements(%s::json) AS new WHERE kept.bucket = new->>0
    """,
}
_DELETE: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": "DELETE FROM auth_rate_limits WHERE bucket IN (SELECT value FROM json_each(%s))",
    "postgres": """
        DELETE FROM auth_rate_limits WHERE bucket IN (SELECT bucket FROM auth_rate_limits
            WHERE bucket IN (SELECT json_array_elements_text(%s::json)) ORDER BY bucket FOR UPDATE)
    """,
}
_FORGET: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        DELETE FROM auth_rate_limits WHERE bucket IN (SELECT bucket FROM auth_rate_limits
            WHERE over_minute <= COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) / 60 LIMIT %s)
    """,
    "postgres": """
        DELETE FROM auth_rate_limits WHERE bucket IN (SELECT bucket FROM auth_rate_limits
            WHERE over_minute <= COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint) / 60
            ORDER BY bucket LIMIT %s FOR UPDATE SKIP LOCKED)
    """,
}


class SqlLimits:
    """A `RateLimitStore` in a database whose schema is there (``jwt-auth migrate``).

    Rows that say nothing any more are deleted in the background, once a minute, by each process that takes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._repeating = Repeating(self.forget_old, seconds=FORGET_SECONDS, name="jwt-auth-limits")

    def take(self, takes: Sequence[Take], *, now: int | None = None) -> list[Verdict]:
        """See `RateLimitStore.take`."""
        asking = asked(takes)
        if not asking:
            return []
        self._repeating.start()
        return self._apart(partial(self._take, asking, now))

    def _take(self, asking: Sequence[Asked], now: int | None) -> list[Verdict]:
        seen = self._settled(_READ[self._database.dialect], asking, now)
        if not seen.kept:
            return seen.verdicts
        with self._database.transaction():
            settled = self._settled(_LOCK[self._database.dialect], asking, now)
            self._write(settled.kept)
        return settled.verdicts

    def _apart(self, call: Callable[[], T]) -> T:
        """Make a call outside of the caller's transaction: what that undoes was counted all the same.

        Not on SQLite, which has one writer at a time: it would wait for its caller.
        """
        return call() if self._database.dialect == "sqlite" else Context().run(call)

    def give_back(self, taken: Sequence[Taken], *, now: int | None = None) -> None:
        """See `RateLimitStore.give_back`."""
        if taken:
            self._apart(partial(self._give_back, taken, now))

    def _give_back(self, taken: Sequence[Taken], now: int | None) -> None:
        with self._database.transaction():
            states, at = self._states(_LOCK[self._database.dialect], [one.bucket for one in taken], now)
            returned = {
                one.bucket: give_back(
                    states[one.bucket], before=one.before, after=one.after, amount=one.amount, now=at
                )
                for one in taken
                if one.bucket in states
            }
            self._write(returned)

    def forget(self, takes: Sequence[Take]) -> None:
        """See `RateLimitStore.forget`."""
        if asking := asked(takes):
            self._database.query(
                _DELETE[self._database.dialect], (json.dumps([one.bucket for one in asking]),)
            )

    def forget_old(self, *, now_seconds: int | None = None) -> None:
        """Delete the rows that say nothing any more, a bounded number at a time."""
        values = (now_seconds, FORGOTTEN_AT_ONCE)
        while self._database.query(_FORGET[self._database.dialect], values) == FORGOTTEN_AT_ONCE:
            pass

    def close(self) -> None:
        """See `RateLimitStore.close`."""
        self._repeating.close()

    def _settled(self, sql: LiteralString, asking: Sequence[Asked], now: int | None) -> Settled:
        states, at = self._states(sql, [one.bucket for one in asking], now)
        return settle(asking, [states.get(one.bucket, UNTOUCHED) for one in asking], at)

    def _states(
        self, sql: LiteralString, buckets: Iterable[str], now: int | None
    ) -> tuple[dict[str, State], int]:
        rows: list[Row] = self._database.query(sql, (json.dumps(list(buckets)),), fetch="all")
        states = {row["bucket"]: State(row["full_at"], row["strikes"]) for row in rows}
        told = [row["read_at"] for row in rows if row["read_at"] is not None]
        at = max(told) if told else time.time_ns() // 1000
        return states, at if now is None else now

    def _write(self, kept: Mapping[str, State]) -> None:
        rows = [(bucket, one.full_at, one.strikes, _over_minute(one)) for bucket, one in kept.items()]
        if rows:
            self._database.query(_WRITE[self._database.dialect], (json.dumps(rows),))


def _over_minute(state: State) -> int:
    return state.over_at() // (60 * MICROSECONDS) + 1
