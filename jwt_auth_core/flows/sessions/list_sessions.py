"""List sessions: where a user is logged in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.sessions.session_validity import is_alive
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.session import Session
from jwt_auth_core.users.user import is_uuid
from jwt_auth_core.vocabulary import SessionId, UserId

BEING_OPENED_SECONDS: Final = 60
"""How long a session may be in the index before its store has it."""


@dataclass(frozen=True, slots=True)
class ListSessions:
    """Reads where a user is logged in; changes nothing."""

    executor: ClassVar = Executor.STORE

    parts: SessionParts

    def __call__(self, user_id: UserId) -> list[Session]:
        """Return the user's live sessions, the oldest first; none of their ids is a credential (RF-14).

        Raises:
            UnavailableError: a store does not answer.
        """
        ids = self.ids(user_id)
        standings = self.parts.users.read([(user_id, session_id) for session_id in ids])
        pairs = [(self._found(one), standing) for one, standing in zip(ids, standings, strict=True)]
        return [session for session, standing in pairs if session and is_alive(session, standing)]

    def ids(self, user_id: UserId) -> Sequence[SessionId]:
        """Return the ids of all sessions that may be alive; asks the database alone."""
        return self.parts.session_index.of_user(user_id, now=self.parts.clock()) if is_uuid(user_id) else ()

    def _found(self, session_id: SessionId) -> Session | None:
        session = self.parts.sessions.find(session_id)
        if session is None:
            # The index lists a session before the store has it. One that is being opened at this moment is
            # not forgotten, or it would never be listed.
            self.parts.session_index.forget(
                session_id, opened_before=self.parts.clock() - BEING_OPENED_SECONDS
            )
        return session
