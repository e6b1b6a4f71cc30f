"""Refresh sessions: rotating tokens, the rule that judges them, and the stores that keep them."""

from jwt_auth_core.sessions.memory import MemorySessions
from jwt_auth_core.sessions.session import (
    Accepted,
    NewSession,
    Refused,
    Rotation,
    Session,
    SessionStore,
    Verdict,
    new_session_id,
    parse_session_id,
)
from jwt_auth_core.sessions.sql import SqlSessions
from jwt_auth_core.sessions.token import Minted, Presented, RefreshTokens, session_of

__all__ = [
    "Accepted",
    "MemorySessions",
    "Minted",
    "NewSession",
    "Presented",
    "RefreshTokens",
    "Refused",
    "Rotation",
    "Session",
    "SessionStore",
    "SqlSessions",
    "Verdict",
    "new_session_id",
    "parse_session_id",
    "session_of",
]
