"""Whether a user and one of its sessions may go on: what a refresh asks the database.

Ended sessions are kept here besides the session store, so that what was ended stays ended when
that store loses its last writes (F-06).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from jwt_auth_core.records import dataclass
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


def is_in_force(standing: Standing, *, since: int, version: int | None) -> bool:
    """Tell whether what began ``since`` (seconds since the epoch) was not ended with its user or session.

    ``version`` is the user's session version of then. Where it is not known time decides, and on doubt,
    within the second of the cut-off, against it.
    """
    user = standing.user
    if user is None or user.disabled_at is not None or standing.session_ended:
        return False
    if user.session_version and version is not None:
        return version >= user.session_version
    cut_off = user.sessions_valid_after
    if cut_off is None:
        return True
    # Cut-offs of before they were numbered name the first moment that is good.
    return since > cut_off if user.session_version else since >= cut_off


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
