"""Ending a session so that it stays ended: the one place that knows the order of the writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.sessions.roster import Roster
from jwt_auth_core.sessions.session import SessionStore
from jwt_auth_core.users.standing import Standings
from jwt_auth_core.vocabulary import Clock, SessionId, UserId


@dataclass(frozen=True, slots=True)
class Ending:
    """A part of the flows that end sessions; its own parts are named once, at assembly."""

    sessions: SessionStore
    roster: Roster
    standings: Standings
    clock: Clock
    session_max_age_seconds: int
    revocations: Revocations

    def __call__(self, session_id: SessionId, *, user_id: UserId | None, reason: EndReason) -> None:
        """End the session; may be repeated.

        The database first: once it is written, losing the session store cannot revive the
        session (RF-06). Its access tokens last: they are refused here at once, and everywhere
        within a second. Only then is it struck from the roster, so that who repeats finds it.

        Raises:
            UnavailableError: a store does not answer; the session may go on, try again.
        """
        self._record(session_id, user_id=user_id, reason=reason)
        self._finish(session_id, reason)

    def all(self, session_ids: Sequence[SessionId], *, user_id: UserId, reason: EndReason) -> None:
        """End several sessions of a user: all of them in the database before anything else.

        Raises:
            UnavailableError: a store does not answer; some may go on, try again.
        """
        for session_id in session_ids:
            self._record(session_id, user_id=user_id, reason=reason)
        for session_id in session_ids:
            self._finish(session_id, reason)

    def over(self, session_id: SessionId, *, user_id: UserId | None, reason: EndReason) -> None:
        """Record and announce the end of a session that the store has ended by itself.

        Raises:
            UnavailableError: a store does not answer; try again.
        """
        self._record(session_id, user_id=user_id, reason=reason)
        self.revocations.revoke_session(session_id)
        self.roster.remove(session_id)

    def refuse(self, session_id: SessionId) -> None:
        """End what the database knows to be over and the store may have forgotten (F-06, F-18).

        Raises:
            UnavailableError: a store does not answer; try again.
        """
        self.sessions.end(session_id, EndReason.REFUSED.value)
        self.revocations.revoke_session(session_id)

    def _finish(self, session_id: SessionId, reason: EndReason) -> None:
        self.sessions.end(session_id, reason.value)
        self.revocations.revoke_session(session_id)
        self.roster.remove(session_id)

    def _record(self, session_id: SessionId, *, user_id: UserId | None, reason: EndReason) -> None:
        """Note in the database that the session is over, until no token of it can be alive."""
        now = self.clock()
        self.standings.end_session(
            session_id,
            user_id=user_id,
            reason=reason.value,
            now=now,
            expires_at=now + self.session_max_age_seconds,
        )
