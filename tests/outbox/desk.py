"""A courier at work: its outbox, a clock that the test moves, and a sender that answers as it is told."""

from __future__ import annotations

from jwt_auth_core.outbox import SqlOutbox
from jwt_auth_core.outbox.courier import Courier

START = 1_800_000_000


class Desk:
    """Holds what a test needs; ``answers`` are taken in turn, then everything is delivered."""

    def __init__(self, database):
        self.now = START
        self.store = SqlOutbox(database, clock=lambda: self.now)
        self.seen = []
        self.answers = []
        self.courier = self.another()

    def another(self, *kinds):
        """Return a worker for webhooks, and other kinds as well."""
        senders = dict.fromkeys(("webhook", *kinds), self.deliver)
        return Courier(self.store, senders, monotonic=lambda: float(self.now), random=lambda: 0.5)

    def add(self, *ids, kind="webhook"):
        """Put messages in."""
        for one in ids:
            self.store.add(one, kind, "to", {"of": one})

    def deliver(self, message):
        """Note it, and answer."""
        self.seen.append((message.id, message.attempts))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer(message) if callable(answer) else answer

    def ids(self):
        """Return which were tried since the last call."""
        tried, self.seen = [one for one, _ in self.seen], []
        return tried

    def rows(self):
        """Return what is left: id, state, seconds until it is due, attempts, error."""
        return [
            (one.message.id, one.state, one.due_at - self.now, one.message.attempts, one.error)
            for one in self.store.entries()
        ]
