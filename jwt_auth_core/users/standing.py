"""Whether a user and one of its sessions may go on: what a refresh asks the database.

Ended sessions are kept here besides the session store, so that what was ended stays ended when
that store loses its last writes (F-06).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from jwt_auth_core.steps import Steps, aside
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import SessionId, UserId

PURGED_AT_ONCE: Final = 100
"""How many records of ended sessions one `end_session` forgets at most."""


@dataclass(slots=True)  # a refresh makes one: filling a frozen one takes three times as long
class Standing:
    """The user (None when there is none any more) and whether that session was ended."""

    user: User | None
    session_ended: bool


class Standings(Protocol):
    """Where users and ended sessions are looked up together."""

    def read(self, pairs: Sequence[tuple[UserId, SessionId]]) -> list[Standing]:
        """Return the standing of each pair, in order; one query for all, a pair may occur twice."""
        ...

    def end_session(
        self, session_id: SessionId, *, user_id: UserId | None, reason: str, now: int, expires_at: int
    ) -> bool:
        """Record that a session is over, until ``expires_at``; the first reason is kept.

        Tells whether nobody had recorded it before. Also forgets a bounded number of records whose
        time has come.
        """
        ...


Reading = Callable[[Sequence[tuple[UserId, SessionId]]], Steps[list[Standing]]]


def reading(standings: Standings) -> Reading:
    """Return how standings are read in steps: their own way (``reading``), else in one that may block."""
    own: Reading | None = getattr(standings, "reading", None)
    return own or aside(standings.read)
