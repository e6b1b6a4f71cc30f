"""The sealer: links committed rows into the chain; the lease is the transaction that does it.

PostgreSQL: a row is sealed when every transaction as old as its own is over (``horizon``, the oldest that
ran). In another cluster, restored from a dump, they are counted anew: there all is sealed that no seal
has, and from then on what is ``above``. SQLite has one writer, and ``above`` alone says where to go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.audit.chain import Chain, Ends
from jwt_auth_core.audit.row import Row
from jwt_auth_core.audit.seal import Place, Seal, next_seal
from jwt_auth_core.database.query import Database
from jwt_auth_core.keys.derived import DerivedKey
from jwt_auth_core.vocabulary import Clock

AT_ONCE: Final = 1_000
"""How many rows one seal has at most."""

_LOGGER: Final = logging.getLogger("jwt_auth.audit.seals")

_LEASE: Final = "SELECT pg_try_advisory_xact_lock(hashtext('jwt-auth audit seals')) AS is_mine"
_NOW: Final = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
        (SELECT system_identifier FROM pg_control_system())::text AS cluster
"""
# Whoever writes rows at this moment has to be waited for, or ids below the highest are still to come.
_HOLD: Final = "LOCK TABLE auth_audit IN SHARE MODE NOWAIT"
_HIGHEST: Final = "SELECT COALESCE(MAX(id), 0) AS id FROM auth_audit"
_WAITING: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM (SELECT * FROM auth_audit WHERE txid >= %s AND txid < %s AND id > %s OFFSET 0) waiting
    WHERE id > %s ORDER BY id LIMIT %s
"""
_UNSEALED: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND (id > %s OR txid >= %s) AND id > %s ORDER BY id LIMIT %s
"""
_ABOVE: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s ORDER BY id LIMIT %s
"""
_IS_ANY_ABOVE: Final = "SELECT 1 AS found FROM auth_audit WHERE id > %s LIMIT 1"

ReadAfter = Callable[[int], Sequence[Row]]
"""Returns the next rows to seal, behind an id."""


class Sealer:
    """Seals what is committed; made once a process, and the database lets one of all of them do it."""

    def __init__(self, database: Database, keys: Mapping[str, DerivedKey], *, clock: Clock) -> None:
        self._database = database
        self._chain = Chain(database)
        self._keys = keys
        self._key = next(iter(keys.values()))
        self._passed_over = 0
        self._clock = clock
        self._noted: set[str] = set()
        self._works: Mapping[str, Callable[[], list[Seal]]] = {
            "postgres": self._seal_in_postgres,
            "sqlite": self._seal_in_sqlite,
        }

    def seal(self) -> list[Seal]:
        """Seal what is waiting; return the seals, none where there is nothing or another worker is at it.

        Raises:
            UnavailableError: the database does not answer; nothing was sealed.
            BrokenChainError: the last seal is under a key that is not ours.
        """
        made = self._works[self._database.dialect]()
        for seal in made:
            _LOGGER.info(
                "seal %d over %d rows from %s to %s: %s",
                seal.number,
                seal.count,
                seal.first_id,
                seal.last_id,
                seal.mac,
            )
        return made

    def _seal_in_sqlite(self) -> list[Seal]:
        last = self._ends().good
        # Only looked at: the one writer is not held up every few seconds for nothing.
        if self._database.query(_IS_ANY_ABOVE, (last.above if last else 0,), fetch="one") is None:
            return []
        with self._database.transaction():
            ends = self._ends()
            rows = self._read(_ABOVE, (ends.good.above if ends.good else 0, AT_ONCE))
            return [self._add(rows, ends, Place(above=rows[-1].id))] if rows else []

    def _seal_in_postgres(self) -> list[Seal]:
        with self._database.transaction():
            lease = self._database.query(_LEASE, fetch="one")
            now = self._database.query(_NOW, fetch="one")
            if not lease or not now or not lease["is_mine"]:
                return []
            ends = self._ends()
            last = ends.good
            if last is None or last.cluster != now["cluster"]:
                return self._begin(ends, now["cluster"], now["horizon"])
            place = Place(cluster=last.cluster, horizon=now["horizon"], above=last.above)
            bounds = (last.horizon, place.horizon, last.above)
            return self._all(ends, place, lambda after: self._read(_WAITING, (*bounds, after, AT_ONCE)))

    def _begin(self, ends: Ends, cluster: str, horizon: int) -> list[Seal]:
        """Seal all that no seal has, with nobody writing: at first, and in a restored database."""
        last = ends.good
        self._database.query(_HOLD)
        highest = self._database.query(_HIGHEST, fetch="one")
        place = Place(cluster=cluster, horizon=horizon, above=int(highest["id"]) if highest else 0)
        bounds = (last.above, self._chain.highest(self._keys), last.horizon) if last else (0, 0, 0)
        return self._all(ends, place, lambda after: self._read(_UNSEALED, (*bounds, after, AT_ONCE)))

    def _all(self, ends: Ends, place: Place, rows_after: ReadAfter) -> list[Seal]:
        made: list[Seal] = []
        while rows := rows_after(made[-1].last_id or 0 if made else 0):
            made.append(self._add(rows, Ends(made[-1], made[-1]) if made else ends, place))
        return made

    def _ends(self) -> Ends:
        """Return where the chain ends; say once of what somebody wrote behind it that it is passed over."""
        ends = self._chain.ends(self._keys)
        if ends.top is not None and ends.top != ends.good and ends.top.number != self._passed_over:
            self._passed_over = ends.top.number
            _LOGGER.error(
                "seal %d is not what a sealer wrote and is passed over: run jwt-auth audit verify",
                ends.top.number,
            )
        return ends

    def _add(self, rows: Sequence[Row], ends: Ends, place: Place) -> Seal:
        now = self._clock()
        seal = next_seal(rows, ends.good, place, self._key, now=now, behind=ends.top)
        self._chain.add(seal)
        named = {row.key_id for row in rows if row.key_id} | {seal.key_id}
        self._chain.add_keys(named - self._noted, now=now)
        self._database.after_commit(lambda: self._noted.update(named))
        return seal

    def _read(self, sql: LiteralString, values: Sequence[object]) -> list[Row]:
        return self._database.query(sql, values, fetch="all", into=Row)
