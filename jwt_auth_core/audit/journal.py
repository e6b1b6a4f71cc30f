"""The journal: to whom the use cases say what happened. It is stored, then told.

Stored in the transaction of the change where the caller stands in one, else in one of its own; told
once that is kept. What cannot be stored did not happen: the change goes with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Final

from jwt_auth_core.audit.sink import AuditSink
from jwt_auth_core.database.query import Database
from jwt_auth_core.events import Event, Subscribers

Keep = Callable[[Event], None]
"""Writes an event into the database, in the open transaction; raises where it cannot."""

_LOGGER: Final = logging.getLogger("jwt_auth.audit")


@dataclass(frozen=True, slots=True)
class Journal:
    """A part of the flows; its own parts are named once, at assembly.

    ``keeps`` is who writes events down: the trail, and whoever else must not lose one.
    """

    database: Database
    keeps: Sequence[Keep]
    sink: AuditSink
    subscribers: Subscribers

    def together(self) -> AbstractContextManager[None]:
        """Hold the transaction in which a change and its event are written."""
        return self.database.transaction()

    def __call__(self, event: Event) -> None:
        """Store an event, and tell of it as soon as it is kept.

        Raises:
            UnavailableError: it is not stored; the caller's transaction is undone.
        """
        with self.together() if len(self.keeps) > 1 else nullcontext():
            for keep in self.keeps:
                keep(event)
            self.database.after_commit(partial(self.tell, event))

    def tell(self, event: Event) -> None:
        """Tell of an event that is stored already; never raises."""
        try:
            self.sink(event)
        except Exception:
            _LOGGER.exception("the audit's sink failed at %s", event.name)
        self.subscribers(event)
