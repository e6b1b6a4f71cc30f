"""Ending a session so that it stays ended: the one place that knows the order of the writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.vocabulary import SessionId, UserId


@dataclass(frozen=True, slots=True)
class EndSession:
    """A part of the flows that end sessions; its own parts are named once, at assembly."""

    parts: SessionParts

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
        self.parts.revocations.revoke_session(session_id)
        self.parts.roster.remove(session_id)

    def refuse(self, session_id: SessionId) -> None:
        """End what the database knows to be over and the store may have forgotten (F-06, F-18).

        Raises:
            UnavailableError: a store does not answer; try again.
        """
        self.parts.sessions.end(session_id, EndReason.REFUSED.value)
        self.parts.revocations.revoke_session(session_id)

    def _finish(self, session_id: SessionId, reason: EndReason) -> None:
        self.parts.sessions.end(session_id, reason.value)
        self.parts.revocations.revoke_session(session_id)
        self.parts.roster.remove(session_id)

    def _record(self, session_id: SessionId, *, user_id: UserId | None, reason: EndReason) -> None:
        """Note in the database that the session is over, until no token of it can be alive."""
        now = self.parts.clock()
        self.parts.users.end_session(
            session_id,
            user_id=user_id,
            reason=reason.value,
            now=now,
            expires_at=now + self.parts.max_age_seconds,
        )
