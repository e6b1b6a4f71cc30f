"""Outbox: keeps messages with the change that they are about, and delivers them afterwards (F-25)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from jwt_auth_core.background import Repeating
from jwt_auth_core.database.query import Database
from jwt_auth_core.errors import UnavailableError
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.outbox.courier import LEASE_SECONDS, POLL_SECONDS, Courier
from jwt_auth_core.outbox.message import Deliver, new_id
from jwt_auth_core.outbox.sql import SqlOutbox
from jwt_auth_core.vocabulary import Clock

GOODBYE_SECONDS: Final = 5.0

SETTLE_SECONDS: Final = 0.05
"""How long after a message was kept it is delivered: the answer to whoever asked for it is out by then, and
takes no longer where there is somebody to write to (ENUM-2)."""


class Outbox:
    """Made once a process and shared by its threads; each serving process delivers (`start`).

    Args:
        database: where the messages are, beside what they are about.
        senders: who delivers which kind; messages of another kind wait for a process that has its sender.
        clock: tells the time instead of the database.
        lease_seconds: how long a claimed message is left to its worker.

    Attributes:
        store: what is there, for an operator.
    """

    _courier: Courier
    _repeating: Repeating

    def __init__(
        self,
        database: Database,
        senders: Mapping[str, Deliver],
        *,
        clock: Clock | None = None,
        lease_seconds: int = LEASE_SECONDS,
    ) -> None:
        self.store = SqlOutbox(database, clock=clock)
        self._database = database
        self._senders = dict(senders)
        self._lease_seconds = lease_seconds
        self._is_started = self._is_closed = False
        self._renew()
        renew_in_children(self)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return which kinds of messages this process can deliver."""
        return tuple(self._senders)

    def add(self, kind: str, recipient: str, facts: Mapping[str, object]) -> str:
        """Keep a message in the caller's transaction, to be delivered as soon as that is kept; return its id.

        ``facts`` are what JSON has: never a text that is read, never a token.

        Raises:
            TypeError, ValueError: the facts hold what JSON does not have.
            UnavailableError: it is not kept.
        """
        message_id = new_id(time.time_ns())
        self.store.add(message_id, kind, recipient, facts)
        self._database.after_commit(self._nudge)
        return message_id

    def start(self) -> None:
        """Deliver from this process, too, from now on; cheap when it does, nothing where nobody sends."""
        if self._senders and not self._is_closed:
            self._is_started = True
            self._repeating.start()

    def run(self) -> tuple[int, int]:
        """Deliver in this thread until nothing is due; return how many were delivered and how many not.

        Raises:
            UnavailableError: the database does not answer.
        """
        courier = self._new_courier()
        courier.turn()
        return courier.delivered, courier.failed + courier.dead

    def health(self) -> dict[str, object]:
        """Return what this process did, without asking the database."""
        courier = self._courier
        return {
            "is_delivering": self._is_started,
            "delivered": courier.delivered,
            "failed": courier.failed,
            "dead": courier.dead,
        }

    def rest(self) -> None:
        """Finish the delivery that goes on, if that is soon, and start no other until the next `start`.

        What was claimed besides is given back at once, for other processes.
        """
        self._is_started = False
        self._courier.stop.set()
        with suppress(UnavailableError):
            self._courier.let_go()
        self._repeating.close(wait_seconds=GOODBYE_SECONDS)
        if not self._is_closed:
            self._renew()

    def close(self) -> None:
        """Rest for good; what waits stays for other processes."""
        self._is_closed = True
        self.rest()

    def after_fork(self) -> None:
        """Begin anew in a child, which has none of the parent's threads."""
        self._repeating.after_fork()
        if not self._is_closed:
            self._renew()

    def _nudge(self) -> None:
        if self._is_started:
            self._repeating.start()  # in a forked child again
            self._repeating.nudge()

    def _renew(self) -> None:
        self._courier = self._new_courier()
        self._repeating = Repeating(
            self._courier.step,
            seconds=POLL_SECONDS,
            name="jwt-auth-outbox",
            ended=self._courier.stop,
            settle_seconds=SETTLE_SECONDS,
        )

    def _new_courier(self) -> Courier:
        return Courier(self.store, self._senders, lease_seconds=self._lease_seconds)
