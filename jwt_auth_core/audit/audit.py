"""Audit: the group of an `Auth` that writes events down, seals them, and shows, checks and prunes them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from jwt_auth_core.audit import erasure, prune, row, seal
from jwt_auth_core.audit.chain import Chain
from jwt_auth_core.audit.prune import Pruned
from jwt_auth_core.audit.row import Row
from jwt_auth_core.audit.seal import Seal
from jwt_auth_core.audit.sealer import Sealer
from jwt_auth_core.audit.search import Wanted
from jwt_auth_core.audit.timeline import Part, Parts
from jwt_auth_core.audit.trail import Trail
from jwt_auth_core.audit.verify import Report, Verification
from jwt_auth_core.background import Repeating
from jwt_auth_core.database.query import Database
from jwt_auth_core.errors import SettingsError, UnavailableError
from jwt_auth_core.events import Event
from jwt_auth_core.keys.derived import derived_keys
from jwt_auth_core.vocabulary import Clock, Secret, UserId

LONG_SECONDS: Final = 60
"""From when on a sealer that fails says so."""

LOOKED_AT: Final = 1_000
"""How many seals are looked at without their rows, for an operator who is waiting."""
SEAL_SECONDS: Final = 4.0
"""How often a process looks for rows to seal: they are at most five seconds old by then."""

_LOGGER: Final = logging.getLogger("jwt_auth.audit")


class Audit:
    """Made once a process and shared by its threads; with ``secrets`` it seals, the newest first.

    Attributes:
        is_sealing: whether rows are sealed: whether there are ``ENCRYPTION_KEYS``.
    """

    def __init__(self, database: Database, secrets: Sequence[Secret], *, clock: Clock) -> None:
        rows = derived_keys(secrets, purpose=row.PURPOSE)
        seals = derived_keys(secrets, purpose=seal.PURPOSE)
        self.is_sealing = bool(secrets)
        self._row_keys = {key.key_id: key for key in rows}
        self._seal_keys = {key.key_id: key for key in seals}
        self._trail = Trail(database, rows[0] if rows else None)
        self._chain = Chain(database)
        self._database = database
        self._clock = clock
        self._sealer = Sealer(database, self._seal_keys, clock=clock) if seals else None
        self._repeating = Repeating(self._step, seconds=SEAL_SECONDS, name="jwt-auth-audit")
        self._has_appended = False
        self._last_seal: int | None = None
        self._failing_since: int | None = None
        self._failed_long: int | None = None
        self._has_warned = False

    def append(self, event: Event) -> None:
        """Write an event down, in the transaction that the caller stands in, else at once.

        Raises:
            UnavailableError: it is not written.
        """
        self._trail.append(event)
        if self._sealer is not None:
            self._has_appended = True
            self._repeating.start()

    def start(self) -> None:
        """Seal from this process, too, from now on; say once in the log where nothing is sealed.

        Raises:
            SettingsError: rows or seals name a key that the settings lack.
            UnavailableError: the database does not answer.
        """
        lacking = [key_id for key_id in self._chain.key_ids() if key_id not in self._row_keys]
        if lacking:
            names = ", ".join(lacking)
            problem = f"ENCRYPTION_KEYS lacks {names}, which the audit names; add it behind the newest"
            raise SettingsError([problem])
        if self._sealer is not None:
            self._repeating.start()
        elif not self._has_warned:
            self._has_warned = True
            _LOGGER.warning("the rows of the audit are not sealed: ENCRYPTION_KEYS is not set")

    def rows(self, *, after: int = 0, since: int = 0) -> Iterator[Row]:
        """Yield the rows behind an id and not older than a time, in the order of their ids.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._trail.rows(after=after, since=since)

    def newest(self, count: int) -> list[Row]:
        """Return the last rows, the oldest of them first.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._trail.newest(count)

    def newest_of(self, wanted: Wanted, *, before: int | None, most: int) -> list[Row]:
        """Return rows that are wanted and stand before an id, the newest first.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._trail.newest_of(wanted, before=before, most=most)

    def oldest_of(self, wanted: Wanted, *, after: int, most: int) -> list[Row]:
        """Return rows that are wanted and stand behind an id, the oldest first.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._trail.oldest_of(wanted, after=after, most=most)

    def counts(self, wanted: Wanted, parts: Parts) -> Sequence[Part]:
        """Return how many rows of a user and of an event, or of any, are in each part of a time.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._trail.counts(wanted, parts)

    def seal(self) -> list[Seal]:
        """Seal now what is waiting; return the seals.

        Raises:
            UnavailableError: the database does not answer, or rows are being written at the first seal.
        """
        return [] if self._sealer is None else self._sealer.seal()

    def verify(self, expected: Mapping[int, str] | None = None) -> Report:
        """Look at every row and seal; ``expected`` are seals that a log has: number and HMAC.

        Raises:
            UnavailableError: the database does not answer.
        """
        work = Verification(rows=self._row_keys, seals=self._seal_keys)
        work.chain(self._chain.seals(), expected or {})
        erased = erasure.prints_in(self._trail.named(erasure.STATEMENT), self._row_keys)
        return work.rows(self._trail.rows(), self._trail.copies(), erased)

    def prune(self, *, before: int) -> Pruned:
        """Remove the rows that are older than a time, in whole seals, and leave a seal that says so.

        Raises:
            UnavailableError: the database does not answer; nothing was removed.
        """
        return prune.prune(self._database, self._seal_keys, before=before, now=self._clock())

    def forged_seals(self) -> list[int]:
        """Return the numbers of seals that no sealer wrote, of the newest thousand.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._chain.forged(self._seal_keys, most=LOOKED_AT) if self.is_sealing else []

    def telling_of(self, user_id: UserId) -> list[int]:
        """Return the ids of rows of others that name a user as who did it; all rows are looked through.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._trail.telling_of(user_id)

    def erase(self, user_id: UserId, pseudonym: UserId, *, told: Iterable[int] = ()) -> None:
        """Put a pseudonym in the place of a user, in the transaction that the caller stands in.

        The rows lose the user's id, addresses and user agents, and keep all else. One more row says
        which they are, so that `verify` knows them from rows that somebody edited. ``told`` is what
        `telling_of` found, before: no transaction is to stand for that long.

        Raises:
            UnavailableError: the database does not answer; nothing was changed.
        """
        statement = erasure.erase(
            self._trail, self._row_keys, user_id, pseudonym, told=told, now=self._clock()
        )
        if statement is not None:
            self.append(statement)

    def health(self) -> dict[str, object]:
        """Return what this process knows, without asking the database.

        ``last_seal`` is the last one that it made itself, ``failing_since`` from when on it could make none.
        """
        return {
            "is_sealing": self.is_sealing,
            "last_seal": self._last_seal,
            "failing_since": self._failing_since,
        }

    def close(self) -> None:
        """Seal what this process wrote, where that is soon done, and end the thread."""
        self._repeating.close(wait_seconds=1.0)
        if self._has_appended:
            self._step()

    def _step(self) -> float | None:
        try:
            made = self.seal()
        except UnavailableError as error:
            self._note_failure(error)
            return None
        self._failing_since = None
        self._last_seal = made[-1].number if made else self._last_seal
        return 0.0 if made and self._database.dialect == "sqlite" else None

    def _note_failure(self, error: UnavailableError) -> None:
        now = self._clock()
        since = self._failing_since = self._failing_since if self._failing_since is not None else now
        if now - since >= LONG_SECONDS and self._failed_long != since:
            self._failed_long = since
            _LOGGER.warning("no row of the audit was sealed for %d seconds: %s", now - since, error)
