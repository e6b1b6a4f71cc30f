"""Limits in the database, on SQLite and PostgreSQL: the table ``auth_rate_limits``.

PostgreSQL is asked in one statement, which calls a function of our schema. SQLite is in the process, where a
statement is no trip: a request is a look, judged here, and a statement that writes what was taken where
nobody was quicker; else one short transaction. Who is refused is mostly told by a look alone, with both: a
bucket that is used up when it is read needs no lock, and writes nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Final

from jwt_auth_core.background import Repeating
from jwt_auth_core.database.query import Database
from jwt_auth_core.rate_limits.bucket import Asked, Settled, asked, settle
from jwt_auth_core.rate_limits.gcra import UNTOUCHED, State
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from jwt_auth_core.rate_limits.rule import Take, Taken, Verdict
from jwt_auth_core.rate_limits.statements import (
    DELETE,
    FORGET,
    GIVE_BACK,
    READ,
    TAKE,
    WRITE,
    WRITE_IF_UNCHANGED,
)

FORGET_SECONDS: Final = 60.0
FORGOTTEN_AT_ONCE: Final = 1_000


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
        return self._database.apart(partial(self._take, asking, now))

    def _take(self, asking: Sequence[Asked], now: int | None) -> list[Verdict]:
        take = self._looked_and_wrote if self._database.dialect == "sqlite" else self._at_once
        return take(asking, now)

    def _at_once(self, asking: Sequence[Asked], now: int | None) -> list[Verdict]:
        in_order = sorted(asking, key=_bucket)
        numbers = ",".join(map(str, chain.from_iterable(map(_asked_numbers, in_order))))
        values = (" ".join(map(_bucket, in_order)), f"{{{numbers}}}", now)
        at, *found = self._database.lightly(TAKE, values).rows[0][0]
        states = map(State, found[::2], found[1::2])
        return _settled(asking, dict(zip(map(_bucket, in_order), states, strict=True)), at).verdicts

    def _looked_and_wrote(self, asking: Sequence[Asked], now: int | None) -> list[Verdict]:
        states, at = self._states(asking, now)
        seen = _settled(asking, states, at)
        if not seen.kept or self._wrote(seen.kept, states, asking):
            return seen.verdicts
        with self._database.transaction():
            settled = _settled(asking, *self._states(asking, now))
            if settled.kept:
                self._database.query(WRITE, (_rows(settled.kept),))
        return settled.verdicts

    def _wrote(self, kept: Mapping[str, State], states: Mapping[str, State], asking: Sequence[Asked]) -> bool:
        """Write what was taken of what was just read, where nobody was quicker.

        Each transaction of its own waits for the disk, this does not: a power cut may give a guess back,
        though no killed process does.
        """
        seen = _rows({one.bucket: states.get(one.bucket, UNTOUCHED) for one in asking})
        return self._database.lightly(WRITE_IF_UNCHANGED, (_rows(kept), seen)).count > 0

    def give_back(self, taken: Sequence[Taken], *, now: int | None = None) -> None:
        """See `RateLimitStore.give_back`."""
        if taken:
            self._database.apart(partial(self._give_back, taken, now))

    def _give_back(self, taken: Sequence[Taken], now: int | None) -> None:
        at = time.time_ns() // 1000 if now is None and self._database.dialect == "sqlite" else now
        rows = [(one.bucket, *_numbers(one.before), *_numbers(one.after), one.amount) for one in taken]
        self._database.lightly(GIVE_BACK[self._database.dialect], (at, json.dumps(rows)))

    def forget(self, takes: Sequence[Take]) -> None:
        """See `RateLimitStore.forget`."""
        if asking := asked(takes):
            self._database.query(
                DELETE[self._database.dialect], (json.dumps([one.bucket for one in asking]),)
            )

    def forget_old(self, *, now_seconds: int | None = None) -> None:
        """Delete the rows that say nothing any more, a bounded number at a time."""
        values = (now_seconds, FORGOTTEN_AT_ONCE)
        while self._database.query(FORGET[self._database.dialect], values) == FORGOTTEN_AT_ONCE:
            pass

    def close(self) -> None:
        """See `RateLimitStore.close`."""
        self._repeating.close()

    def _states(self, asking: Sequence[Asked], now: int | None) -> tuple[dict[str, State], int]:
        buckets = json.dumps([one.bucket for one in asking])
        rows = self._database.query(READ, (buckets,), fetch="all")
        states = {row["bucket"]: State(row["full_at"], row["strikes"]) for row in rows}
        return states, time.time_ns() // 1000 if now is None else now


def _bucket(one: Asked) -> str:
    return one.bucket


def _asked_numbers(one: Asked) -> tuple[int, ...]:
    rate, wait = one.rate, one.rate.backoff
    waits = (0, 0) if wait is None else (wait.first_seconds, wait.longest_seconds)
    # What is above the limit is refused, however far: the server's numbers end somewhere.
    return rate.interval, rate.count, min(one.cost, rate.count + 1), *waits


def _settled(asking: Sequence[Asked], states: Mapping[str, State], at: int) -> Settled:
    return settle(asking, [states.get(one.bucket, UNTOUCHED) for one in asking], at)


def _rows(states: Mapping[str, State]) -> str:
    return json.dumps([(bucket, *_numbers(one), _over_minute(one)) for bucket, one in states.items()])


def _numbers(state: State) -> tuple[int, int]:
    return state.full_at, state.strikes


def _over_minute(state: State) -> int:
    return state.over_at() // (60 * MICROSECONDS) + 1
