"""Log out: a refresh token in, its session over; says nothing of what it found."""

from __future__ import annotations

from dataclasses import dataclass

from jwt_auth_core.audit import AuditSink, Event, session_mark
from jwt_auth_core.errors import RefreshInvalidError
from jwt_auth_core.sessions.session import SessionStore
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.users.standing import Standings
from jwt_auth_core.vocabulary import Clock

LOGOUT = "logout"


@dataclass(frozen=True, slots=True)
class Logout:
    """The use case; its parts are named once, at assembly."""

    sessions: SessionStore
    standings: Standings
    refresh_tokens: RefreshTokens
    audit: AuditSink
    clock: Clock
    session_max_age_seconds: int

    def __call__(self, text: str | None) -> None:
        """End the session of an authentic token; anything else is already logged out (RF-12).

        Raises:
            UnavailableError: a store does not answer; the session may go on, try again.
        """
        try:
            session_id = self.refresh_tokens.parse(text or "").session_id
        except RefreshInvalidError:
            return
        now = self.clock()
        # The database first: once it is written, losing the session store cannot revive the session.
        self.standings.end_session(
            session_id, user_id=None, reason=LOGOUT, now=now, expires_at=now + self.session_max_age_seconds
        )
        self.sessions.end(session_id, LOGOUT)
        self.audit(Event("logged_out", session=session_mark(session_id)))
