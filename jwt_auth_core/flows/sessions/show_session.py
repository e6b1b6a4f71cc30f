"""Show a session: what an operator may know of the one that a refresh token belongs to."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.session import Session, SessionStore
from jwt_auth_core.sessions.token import RefreshTokens
from jwt_auth_core.vocabulary import SessionId


@dataclass(frozen=True, slots=True)
class ShownSession:
    """The readable part of a refresh token and what the store holds; ``session`` None if nothing."""

    session_id: SessionId
    generation: int
    session: Session | None


@dataclass(frozen=True, slots=True)
class ShowSession:
    """Reads the session of a refresh token, for operators; changes nothing."""

    executor: ClassVar = Executor.STORE

    sessions: SessionStore
    refresh_tokens: RefreshTokens

    def __call__(self, text: str) -> ShownSession:
        """Return the session of an authentic token; changes nothing.

        Raises:
            RefreshInvalidError: the token is malformed or forged.
            UnavailableError: the store does not answer.
        """
        presented = self.refresh_tokens.parse(text)
        return ShownSession(
            presented.session_id, presented.generation, self.sessions.find(presented.session_id)
        )
