"""Refusals of limits: one event a rule, key and window, with how many there were, in all processes together.

A row of the audit never changes, so it is written when its window is over. Until then the count is in the
table ``auth_refusals``: the first of a window is there before anybody is answered, and the others, which a
flood has by the thousand, are added up in memory for a moment.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from jwt_auth_core.audit.refusal_rows import RefusalRow, RefusalRows
from jwt_auth_core.background import Repeating
from jwt_auth_core.database.query import Database
from jwt_auth_core.errors import AuthError
from jwt_auth_core.events import Event, RateLimited
from jwt_auth_core.events.refused import Refused
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.vocabulary import Client, Clock, UserId

STEP_SECONDS: Final = 2.0
"""How long a count stays in the memory of a process: what a killed one loses."""

GRACE_SECONDS: Final = 10
"""How long after its end a window is waited for: until every process has added its counts."""

SHORTEST_SECONDS: Final = 60
LONGEST_SECONDS: Final = 3600
"""The bounds of a window: rows each second would drown the others, one a day would come late."""

MOST: Final = 4096
"""So many windows are known to a process; a refusal beyond them goes to the database each time."""

_LOGGER: Final = logging.getLogger("jwt_auth.audit")


class Refusals:
    """Made once a process and shared by its threads; a class because it adds up.

    ``journal`` is told of a window that is over, in the transaction in which its count goes.
    """

    _lock: threading.Lock
    _windows: dict[tuple[str, str, int], RefusalRow]

    def __init__(self, database: Database, journal: Callable[[Event], None], *, clock: Clock) -> None:
        self._rows = RefusalRows(database)
        self._database = database
        self._journal = journal
        self._clock = clock
        self._repeating = Repeating(self._step, seconds=STEP_SECONDS, name="jwt-auth-refusals")
        self.after_fork()
        renew_in_children(self)

    def note(self, refused: Refused) -> None:
        """Note a refusal; the first of a window is in the database then.

        What the database does not take waits in memory: nobody is let through for it.
        """
        row = self._row(refused)
        if not self._is_added(row):
            self._write([row])
        self._repeating.start()

    def is_noted(self, refused: Refused) -> bool:
        """Note one more of a window that is known, in memory; False is for `note`, which may block."""
        row = self._row(refused)
        return row.slot in self._windows and self._is_added(row)

    def note_again(self, refused: Refused) -> None:
        """Note one more of a key that was refused a moment ago, in memory: whoever calls must not wait."""
        self._keep(self._row(refused))
        self._repeating.start()

    def start(self) -> None:
        """End windows from this process, too, from now on."""
        self._repeating.start()

    def flush(self) -> None:
        """Add to the rows what waits in memory, and forget the windows that are over."""
        now = self._clock()
        with self._lock:
            waiting = [row for row in self._windows.values() if row.count]
            self._windows = {
                slot: replace(row, count=0, first_at=row.last_at)
                for slot, row in self._windows.items()
                if row.closes_at > now
            }
        self._write(waiting)

    def end_windows(self) -> None:
        """Tell of each window that is over, once, whichever process does it.

        Raises:
            UnavailableError: the database does not answer; the windows stay.
        """
        before = self._clock() - GRACE_SECONDS
        while self._rows.are_any_over(before) and self._end_some(before):
            pass

    def close(self) -> None:
        """Add what waits, and end the thread."""
        self._repeating.close(wait_seconds=1.0)
        self.flush()

    def after_fork(self) -> None:
        """Begin anew in a child: what waits is the parent's to add, and another thread may hold its lock."""
        self._lock = threading.Lock()
        self._windows = {}

    def _row(self, refused: Refused) -> RefusalRow:
        now, client = self._clock(), refused.whose.client
        length = min(max(refused.seconds, SHORTEST_SECONDS), LONGEST_SECONDS)
        return RefusalRow(
            rule=refused.rule,
            key=refused.key,
            closes_at=now - now % length + length,
            count=1,
            first_at=now,
            last_at=now,
            user_id=refused.whose.user_id,
            address=client.address if client else None,
        )

    def _is_added(self, row: RefusalRow) -> bool:
        """Add to a window that is known; else know it from now on, where there is room."""
        with self._lock:
            known = self._windows.get(row.slot)
            if known is not None:
                self._windows[row.slot] = replace(known, count=known.count + row.count, last_at=row.last_at)
            elif len(self._windows) < MOST:
                self._windows[row.slot] = replace(row, count=0)
        return known is not None

    def _keep(self, row: RefusalRow) -> None:
        """Have a count wait in memory; where there is no room for its window it is not counted."""
        if not self._is_added(row) and row.slot in self._windows:
            self._is_added(row)

    def _write(self, rows: Iterable[RefusalRow]) -> None:
        written = sorted(rows, key=lambda row: row.slot)  # so that two processes take locks in one order
        if not written:
            return
        try:
            self._rows.add(written)
        except AuthError as error:
            _LOGGER.debug("refusals wait to be written down: %s", error)
            for row in written:
                self._keep(row)

    def _end_some(self, before: int) -> bool:
        with self._database.transaction():
            rows = self._rows.take_over(before)
            for row in rows:
                self._journal(self._event(row))
        return bool(rows)  # none where another process is at them

    def _event(self, row: RefusalRow) -> RateLimited:
        return RateLimited(
            at=self._clock(),
            user_id=None if row.user_id is None else UserId(row.user_id),
            client=Client(address=row.address),
            reason=row.rule,
            key=row.key,
            count=row.count,
            since=row.first_at,
            until=row.last_at,
        )

    def _step(self) -> None:
        self.flush()
        try:
            self.end_windows()
        except AuthError as error:
            _LOGGER.debug("refusals wait for their events: %s", error)
