"""Opening a session: what a login and a password change have in common."""

from __future__ import annotations

from dataclasses import dataclass

from jwt_auth_core.flows.ending import Ending
from jwt_auth_core.flows.grant import Grant, grant
from jwt_auth_core.sessions.roster import Roster
from jwt_auth_core.sessions.session import NewSession, SessionStore, new_session_id
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Clock, SessionId

EVICTED = "evicted"


@dataclass(frozen=True, slots=True)
class Opening:
    """A part of the flows that open sessions; its own parts are named once, at assembly."""

    sessions: SessionStore
    roster: Roster
    ending: Ending
    refresh_tokens: RefreshTokens
    tokens: AccessTokens
    clock: Clock
    session_max_age_seconds: int
    sessions_per_user: int

    def __call__(self, user: User, client: Client, *, not_before: int | None = None) -> Grant:
        """Open a session with an id of its own and return its first tokens (RF-13).

        It counts as younger than the user's cut-off, or ``not_before`` where that is to come. When
        the user has too many, the oldest end (RF-15).

        Raises:
            UnavailableError: a store does not answer; nothing was handed out.
        """
        session_id = new_session_id()
        first = self.refresh_tokens.first(session_id)
        cut_off = not_before or user.sessions_valid_after or 0
        # On the roster first: a session that nobody could list must not exist.
        listed = self._enter(session_id, user)
        session = self.sessions.open(
            NewSession(session_id, user.user_id, first.digest, client, not_before=cut_off)
        )
        for oldest in listed[: -self.sessions_per_user]:
            self.ending(oldest, user_id=user.user_id, reason=EVICTED)
        return grant(
            self.tokens,
            user=user,
            session=session,
            refresh=first,
            now=self.clock(),
        )

    def _enter(self, session_id: SessionId, user: User) -> list[SessionId]:
        now = self.clock()
        ends_at = now + self.session_max_age_seconds
        return list(self.roster.add(session_id, user_id=user.user_id, now=now, ends_at=ends_at))
