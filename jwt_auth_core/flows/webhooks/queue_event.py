"""Keep an event for whoever is told by webhook, in the transaction of the change where there is one."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from jwt_auth_core.events import Event
from jwt_auth_core.outbox import Outbox
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client

KIND: Final = "webhook"

_COMMON: Final = frozenset(one.name for one in fields(Event))


@dataclass(frozen=True, slots=True)
class QueueEvent:
    """Puts each event into the outbox; ``recipient`` is the origin of the webhook's URL."""

    outbox: Outbox
    recipient: str

    def __call__(self, event: Event) -> None:
        """Keep it.

        Raises:
            UnavailableError: it is not kept.
        """
        client = event.client or Client()
        more = {one.name: getattr(event, one.name) for one in fields(event) if one.name not in _COMMON}
        if event.actor is not None:
            more["actor"] = event.actor
        facts = {
            "type": event.name.value,
            "at": event.at,
            "outcome": event.outcome,
            "user_id": event.user_id,
            "session": event.session,
            "address": client.address,
            "user_agent": _readable(client.user_agent),
            "reason": None if event.reason is None else str(event.reason),
            "more": more,
        }
        self.outbox.add(KIND, self.recipient, facts)


def _readable(text: str | None) -> str | None:
    # Half a surrogate pair is no text, and receivers refuse the whole message for it.
    return None if text is None else text.encode("utf-8", "replace").decode()
