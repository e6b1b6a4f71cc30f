"""The journal: to whom the use cases say what happened. It is stored, then told.

Stored in the transaction of the change where the caller stands in one, else in one of its own; told
once that is kept. What cannot be stored did not happen: the change goes with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from jwt_auth_core.audit.sink import AuditSink
from jwt_auth_core.database.query import Database
from jwt_auth_core.events import Event, Subscribers
from jwt_auth_core.vocabulary import Client, UserId

Keep = Callable[[Event], None]
"""Writes an event into the database, in the open transaction; raises where it cannot."""

_LOGGER: Final = logging.getLogger("jwt_auth.audit")
_BY: Final[ContextVar[tuple[UserId, Client] | None]] = ContextVar("jwt_auth.by", default=None)


@contextmanager
def by_admin(actor: UserId, client: Client) -> Generator[None]:
    """Have every event of the calls within name an admin, and where its request came from.

    One change of an admin is several events of several flows (a disabled user, its keys, its sessions): so
    none of them can forget whose it was.
    """
    token = _BY.set((actor, client))
    try:
        yield
    finally:
        _BY.reset(token)


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
        event = _attributed(event)
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


def _attributed(event: Event) -> Event:
    by = _BY.get()
    return event if by is None else replace(event, actor=by[0], client=event.client or by[1])
