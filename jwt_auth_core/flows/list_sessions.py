"""List sessions: where a user is logged in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jwt_auth_core.sessions.roster import Roster
from jwt_auth_core.sessions.session import Session, SessionStore
from jwt_auth_core.vocabulary import Clock, SessionId, UserId


@dataclass(frozen=True, slots=True)
class ListSessions:
    """The use case; its parts are named once, at assembly."""

    sessions: SessionStore
    roster: Roster
    clock: Clock

    def __call__(self, user_id: UserId) -> list[Session]:
        """Return the user's live sessions, the oldest first; none of their ids is a credential (RF-14).

        Raises:
            UnavailableError: a store does not answer.
        """
        found = (self._found(session_id) for session_id in self.ids(user_id))
        return [session for session in found if session is not None]

    def ids(self, user_id: UserId) -> Sequence[SessionId]:
        """Return the ids of all sessions that may be alive; asks the database alone."""
        return self.roster.of_user(user_id, now=self.clock())

    def _found(self, session_id: SessionId) -> Session | None:
        session = self.sessions.find(session_id)
        if session is None:
            self.roster.remove(session_id)
        return session
