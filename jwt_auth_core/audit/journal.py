"""The journal: to whom the use cases say what happened. It is stored, then told.

Stored in the transaction of the change where the caller stands in one, else in one of its own; told
once that is kept. What cannot be stored did not happen: the change goes with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Final

from jwt_auth_core.audit.sink import AuditSink
from jwt_auth_core.database.query import Database
from jwt_auth_core.events import Event, Subscribers
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client, UserId

Keep = Callable[[Event], None]
"""Writes an event into the database, in the open transaction; raises where it cannot."""

_LOGGER: Final = logging.getLogger("jwt_auth.audit")


@dataclass(slots=True)
class _By:
    """The admin of the calls within, and what is asked when their first transaction has begun."""

    actor: UserId
    client: Client
    check: Callable[[], None] | None

    def ask(self) -> None:
        """Ask, once: what the first transaction has begun, others may have to end."""
        if self.check is not None:
            self.check()
            self.check = None


_BY: Final[ContextVar[_By | None]] = ContextVar("jwt_auth.by", default=None)


@contextmanager
def by_admin(actor: UserId, client: Client, *, check: Callable[[], None]) -> Generator[None]:
    """Have every event of the calls within name an admin, and where its request came from.

    One change of an admin is several events of several flows (a disabled user, its keys, its sessions): so
    none of them can forget whose it was. Nor whether it still may: ``check`` is asked at the beginning of
    the first transaction of the change, and what it raises undoes that.
    """
    token = _BY.set(_By(actor, client, check))
    try:
        yield
    finally:
        _BY.reset(token)


@dataclass(frozen=True, slots=True)
class Journal:
    """Writes an event into the transaction of the change that it tells of.

    ``keeps`` is who writes events down: the trail, and whoever else must not lose one.
    """

    database: Database
    keeps: Sequence[Keep]
    sink: AuditSink
    subscribers: Subscribers

    @contextmanager
    def together(self) -> Generator[None]:
        """Hold the transaction in which a change and its event are written."""
        with self.database.transaction():
            _ask()
            yield

    @contextmanager
    def joined(self) -> Generator[None]:
        """Do the same within the caller's transaction, where there is one: what fails undoes all of that."""
        with self.database.joined():
            _ask()
            yield

    def __call__(self, event: Event) -> None:
        """Store an event, and tell of it as soon as it is kept.

        Raises:
            UnavailableError: it is not stored; the caller's transaction is undone.
        """
        event = _attributed(event)
        with self.joined() if len(self.keeps) > 1 else nullcontext():
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


def _ask() -> None:
    by = _BY.get()
    if by is not None:
        by.ask()


def _attributed(event: Event) -> Event:
    by = _BY.get()
    return event if by is None else replace(event, actor=by.actor, client=event.client or by.client)
