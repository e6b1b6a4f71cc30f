"""What is worth knowing afterwards: one record an event, handed to a sink.

The default sink is the logger ``jwt_auth.audit``. No record holds a token, a password or a
whole session id (LOG-1, LOG-3); text that users chose is escaped (LOG-2).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jwt_auth_core import events
from jwt_auth_core.events import EventName, Subscribers
from jwt_auth_core.vocabulary import Client, Clock, SessionId, UserId

__all__ = ["AuditSink", "Event", "EventName", "log_event", "session_mark", "telling"]

_LOGGER: Final = logging.getLogger("jwt_auth.audit")


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


_TYPES: Final[Mapping[EventName, type[events.Event]]] = {
    kind.name: kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, events.Event) and kind is not events.Event
}

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


def telling(sink: AuditSink, subscribers: Subscribers, clock: Clock) -> AuditSink:
    """Return a sink that hands each event on, and tells the subscribers of it."""

    def tell(event: Event) -> None:
        sink(event)
        subscribers(
            _TYPES[event.name](
                at=clock(),
                user_id=event.user_id,
                session=event.session,
                client=event.client,
                reason=event.reason,
            )
        )

    return tell
