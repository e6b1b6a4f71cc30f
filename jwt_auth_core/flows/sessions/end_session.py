"""Ending a session so that it stays ended: the one place that knows the order of the writes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

from jwt_auth_core.events import Event, RefreshReused
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.vocabulary import SessionId, UserId


@dataclass(frozen=True, slots=True)
class EndSession:
    """Ends sessions in the order that survives a crash: database, feed, session store."""

    parts: SessionParts

    def __call__(
        self,
        session_id: SessionId,
        *,
        user_id: UserId | None,
        reason: EndReason,
        event: Event | None = None,
    ) -> None:
        """End the session; may be repeated. The ``event`` is reported with it.

        The database first: once it is written, losing the session store cannot revive the
        session (RF-06). Its access tokens last: they are refused here at once, and everywhere
        within a second. Only then is it taken out of the index, so that who repeats finds it.

        Raises:
            UnavailableError: a store does not answer; the session may go on, try again.
        """
        self._record(session_id, user_id=user_id, reason=reason, event=event)
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

    def reused(self, session_id: SessionId, event: RefreshReused, *, is_news: bool) -> None:
        """Record and announce that the store has ended a session because a token was reused.

        ``is_news`` is whether that was found just now. Else the event is reported where the database had
        not heard of it.

        Raises:
            UnavailableError: a store does not answer; try again.
        """
        reason = EndReason.REUSE
        self._record(session_id, user_id=event.user_id, reason=reason, event=event, is_news=is_news)
        self.parts.revocations.revoke_session(session_id)
        self.parts.session_index.remove(session_id)

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
        self.parts.session_index.remove(session_id)

    def _record(
        self,
        session_id: SessionId,
        *,
        user_id: UserId | None,
        reason: EndReason,
        event: Event | None = None,
        is_news: bool = True,
    ) -> None:
        """Note in the database that the session is over, until no token of it can be alive."""
        now = self.parts.clock()
        with nullcontext() if event is None else self.parts.journal.together():
            if event is not None and event.user_id is None:  # a refresh token does not say whose it is
                user_id = self.parts.session_index.owner(session_id)
                event = replace(event, user_id=user_id)
            is_first = self.parts.users.end_session(
                session_id,
                user_id=user_id,
                reason=reason.value,
                now=now,
                expires_at=now + self.parts.max_age_seconds,
            )
            if event is not None and (is_first or is_news):
                self.parts.journal(event)
