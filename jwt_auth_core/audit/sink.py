"""The sink: each event as one line of the log, unless an application has another use for it.

The default sink is the logger ``jwt_auth.audit``. No record holds a token, a password or a
whole session id (LOG-1, LOG-3); text that users chose is escaped (LOG-2).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import Final

from jwt_auth_core.events import Event
from jwt_auth_core.vocabulary import Client, SessionId

_LOGGER: Final = logging.getLogger("jwt_auth.audit")


AuditSink = Callable[[Event], None]
"""Receives each event in the thread where it happened; what it raises is logged."""


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
