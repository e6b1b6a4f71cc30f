"""The adopter: sees to it that nobody is looked up or added beside rows that others wrote.

With the guard on ``users`` (database/guard.py) a glance at its queue is enough. Without it every row is
looked through once a minute, before whoever comes then: a window is left, and start-up says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Final

from jwt_auth_core.database.guard import is_guarded
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.rights import lacking
from jwt_auth_core.database.users_table import faults
from jwt_auth_core.errors import AuthError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.users.adoption.adoption import Adoption, adopt, adopt_queued, catch_up

PAUSE_SECONDS: Final = 60.0
MOST_NAMED: Final = 50
"""How many rows one run names in the log; `jwt-auth migrate` names all."""

UNGUARDED: Final = (
    "the users table has no trigger of ours: what another application writes there is adopted once a minute, "
    "and until then its address can be registered in other letters; run `jwt-auth migrate` as a role that "
    "has the TRIGGER privilege on users"
)

_LOGGER: Final = logging.getLogger("jwt_auth.users")
_IS_QUEUED: Final = "SELECT 1 FROM auth_unadopted LIMIT 1"


class Adopter:
    """Adopts at start-up and before each look-up.

    A class because it remembers what it said, and when it looked.
    """

    def __init__(self, db: Database, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._monotonic = monotonic
        self._due = monotonic()
        self._named: set[str] = set()
        self.after_fork()
        renew_in_children(self)

    def start(self) -> None:
        """Adopt every row that can be; log who is left, what no registration survives, and a window.

        Nothing is looked through where nobody can have written past the guard.

        A database that cannot be written to is no reason not to start (F-16).
        """
        self._try(self._begin)
        self._name(f"the users table: {fault}" for fault in faults(self._db))
        self._name(lacking(self._db, "serve"))
        if not is_guarded(self._db):
            self._name([UNGUARDED])

    def run(self) -> Adoption:
        """Adopt every row that can be; raises what the database raises."""
        self._put_off()
        return adopt(self._db)

    def catch_up(self) -> None:
        """Adopt what was written since the last time; a failure is logged, and the caller goes on."""
        self._try(self._look)

    def after_fork(self) -> None:
        """Take a new lock in a child: another thread of the parent may hold the old one."""
        self._lock = threading.Lock()

    def _look(self) -> None:
        if self._db.query(_IS_QUEUED):
            self._name(map(str, adopt_queued(self._db)))
        if self._is_due() and not is_guarded(self._db):
            self._adopt()

    def _begin(self) -> None:
        self._put_off()
        self._name(map(str, catch_up(self._db)))

    def _is_due(self) -> bool:
        with self._lock:  # of many at once one looks
            now = self._monotonic()
            if now < self._due:
                return False
            self._due = now + PAUSE_SECONDS
            return True

    def _put_off(self) -> None:
        with self._lock:
            self._due = self._monotonic() + PAUSE_SECONDS

    def _adopt(self) -> None:
        self._name(map(str, self.run().left))

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except AuthError as error:
            self._name([f"rows that others wrote to users were not adopted: {error}"])

    def _name(self, sentences: Iterable[str]) -> None:
        new = [one for one in sentences if one not in self._named]
        self._named.update(new)
        for one in new[:MOST_NAMED]:
            _LOGGER.warning("%s", one)
        if len(new) > MOST_NAMED:
            _LOGGER.warning("and %d more users; `jwt-auth migrate` names all", len(new) - MOST_NAMED)
