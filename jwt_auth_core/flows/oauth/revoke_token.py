"""Revoke a token: a refresh or access token in, its session over (RFC 7009)."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.errors import FieldError, InvalidInputError, RefreshInvalidError, TokenError
from jwt_auth_core.events import TokenRevoked
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.end_session import EndSession
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.sessions.session import parse_session_id
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.claims import ACTOR
from jwt_auth_core.vocabulary import Client, SessionId


@dataclass(frozen=True, slots=True)
class RevokeToken:
    """Ends a session by any of its tokens, for OAuth clients (RFC 7009)."""

    executor: ClassVar = Executor.STORE

    tokens: AccessTokens
    refresh_tokens: RefreshTokens
    end_session: EndSession

    def __call__(self, text: str, client: Client | None = None) -> None:
        """End the session of a token, with all its tokens; a token that is of no use changes nothing.

        Raises:
            InvalidInputError: an access token without a session of ours, or of who acts for a user: it
                ends by expiring.
            UnavailableError: a store does not answer; the session may go on, try again.
        """
        session_id = self._session_of(text)
        if session_id is None:
            return
        now, mark = self.end_session.parts.clock(), session_mark(session_id)
        event = TokenRevoked(at=now, session=mark, client=client)
        self.end_session(session_id, user_id=None, reason=EndReason.REVOKED, event=event)

    def _session_of(self, text: str) -> SessionId | None:
        try:
            if "." not in text:
                return self.refresh_tokens.parse(text).session_id
            claims = self.tokens.verify(text)
        except (RefreshInvalidError, TokenError):
            return None
        try:
            # Who only acts for a user does not end the user's session.
            return parse_session_id("" if ACTOR in claims.extra else claims.session_id or "")
        except InvalidInputError:
            message = "is an access token without a session of its own; it ends by expiring"
            raise InvalidInputError([FieldError("token", "unsupported_token_type", message)]) from None
