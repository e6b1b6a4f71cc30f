"""Revoke a session: a user ends one of their own, by the id that the list shows."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.errors import InvalidInputError, SessionNotFoundError
from jwt_auth_core.events import SessionRevoked
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.end_session import EndSession
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.sessions.session import parse_session_id
from jwt_auth_core.vocabulary import Client, SessionId, UserId


@dataclass(frozen=True, slots=True)
class RevokeSession:
    """Ends sessions by their ids, each user's own, or any for operators."""

    executor: ClassVar = Executor.STORE

    parts: SessionParts
    list_sessions: ListSessions
    end_session: EndSession

    def __call__(self, user_id: UserId, session_id: str, client: Client | None = None) -> None:
        """End the session.

        Raises:
            SessionNotFoundError: no such session, or another user's: which of the two is not told.
            UnavailableError: a store does not answer; try again.
        """
        if _parsed(session_id) not in self.list_sessions.ids(user_id):
            raise SessionNotFoundError
        self._end(user_id, SessionId(session_id), client)

    def others(self, user_id: UserId, client: Client | None = None, *, keep: str | None) -> int:
        """End all the user's sessions but one; return how many.

        Raises:
            UnavailableError: a store does not answer; some may have ended, try again.
        """
        over = [session_id for session_id in self.list_sessions.ids(user_id) if session_id != keep]
        for session_id in over:
            self._end(user_id, session_id, client)
        return len(over)

    def of_anybody(self, session_id: str) -> None:
        """End a session, whosever it is: for operators.

        Raises:
            SessionNotFoundError: the store holds no such session.
            UnavailableError: a store does not answer; try again.
        """
        session = self.parts.sessions.find(_parsed(session_id))
        if session is None:
            raise SessionNotFoundError
        self._end(session.user_id, session.session_id, None)

    def _end(self, user_id: UserId, session_id: SessionId, client: Client | None) -> None:
        now, mark = self.parts.clock(), session_mark(session_id)
        event = SessionRevoked(at=now, user_id=user_id, session=mark, client=client)
        self.end_session(session_id, user_id=user_id, reason=EndReason.REVOKED, event=event)


def _parsed(session_id: str) -> SessionId:
    try:
        return parse_session_id(session_id)
    except InvalidInputError:
        raise SessionNotFoundError from None
