"""Log out: a refresh token in, its session over; says nothing of what it found."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.errors import RefreshInvalidError
from jwt_auth_core.events import LoggedOut
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.end_session import EndSession
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.vocabulary import Client


@dataclass(frozen=True, slots=True)
class Logout:
    """Ends a session; may be repeated, and never says whether there was one."""

    executor: ClassVar = Executor.STORE

    end_session: EndSession
    refresh_tokens: RefreshTokens

    def __call__(self, text: str | None, client: Client | None = None) -> None:
        """End the session of an authentic token; anything else is already logged out (RF-12).

        Raises:
            UnavailableError: a store does not answer; the session may go on, try again.
        """
        try:
            session_id = self.refresh_tokens.parse(text or "").session_id
        except RefreshInvalidError:
            return
        now, mark = self.end_session.parts.clock(), session_mark(session_id)
        event = LoggedOut(at=now, session=mark, client=client)
        self.end_session(session_id, user_id=None, reason=EndReason.LOGOUT, event=event)
