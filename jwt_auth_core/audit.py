"""What is worth knowing afterwards: one record an event, handed to a sink.

The default sink is the logger ``jwt_auth.audit``. No record holds a token, a password or a
whole session id (LOG-1, LOG-3); text that users chose is escaped (LOG-2).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jwt_auth_core.vocabulary import Client, SessionId, UserId

_LOGGER: Final = logging.getLogger("jwt_auth.audit")


class EventName(StrEnum):
    """What can happen; sinks read the text, and one that was written is never renamed."""

    USER_REGISTERED = "user_registered"
    LOGIN_SUCCEEDED = "login_succeeded"
    LOGIN_FAILED = "login_failed"
    LOGGED_OUT = "logged_out"
    LOGGED_OUT_EVERYWHERE = "logged_out_everywhere"
    REFRESH_REUSED = "refresh_reused"
    REFRESH_REFUSED = "refresh_refused"
    REFRESH_RESYNC = "refresh_resync"
    SESSION_ENDED = "session_ended"
    SESSION_REVOKED = "session_revoked"
    TOKEN_REVOKED = "token_revoked"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_CHANGE_FAILED = "password_change_failed"
    USER_DISABLED = "user_disabled"
    USER_ENABLED = "user_enabled"
    USER_DELETED = "user_deleted"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an identity.

    ``session`` is a digest prefix that tells sessions apart
    and opens none; ``reason`` a short fact of ours.
    """

    name: EventName
    user_id: UserId | None = None
    session: str | None = None
    client: Client | None = None
    reason: str | None = None


AuditSink = Callable[[Event], None]
"""Receives each event at once, in the thread where it happened; must not raise."""


def session_mark(session_id: SessionId) -> str:
    """Return what stands for a session in an audit record: 12 hex digits of its SHA-256."""
    return hashlib.sha256(session_id.encode()).hexdigest()[:12]


def log_event(event: Event) -> None:
    """Write the event to the logger ``jwt_auth.audit``, one line, control characters escaped."""
    client = event.client or Client()
    _LOGGER.info(
        "%s user=%s session=%s address=%s agent=%s reason=%s",
        event.name,
        event.user_id,
        event.session,
        ascii(client.address),
        ascii(client.user_agent),
        event.reason,
    )
