"""The outbox, who delivers what is in it, and what puts events there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jwt_auth_core.audit.journal import Keep
from jwt_auth_core.database.query import Database
from jwt_auth_core.flows.webhooks.queue_event import KIND, QueueEvent
from jwt_auth_core.outbox import Deliver, Outbox
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Clock, Secret
from jwt_auth_core.webhooks.target import origin


def outbox(settings: Settings, database: Database, more: Mapping[str, Deliver], *, clock: Clock) -> Outbox:
    """Return the outbox, with a sender for each kind that is configured; its thread starts on demand."""
    senders = dict(more)
    if settings.webhooks.url is not None:
        senders[KIND] = _webhooks(settings, settings.webhooks.url, clock)
    return Outbox(database, senders)


def event_queues(settings: Settings, into: Outbox) -> Sequence[Keep]:
    """Return what keeps each event for a webhook that is configured."""
    url = settings.webhooks.url
    return () if url is None else (QueueEvent(into, origin(url)),)


def _webhooks(settings: Settings, url: Secret, clock: Clock) -> Deliver:
    # What speaks HTTP and TLS is loaded where it is used.
    from jwt_auth_core.flows.webhooks.deliver_event import DeliverEvent  # noqa: PLC0415
    from jwt_auth_core.webhooks.post import Poster  # noqa: PLC0415
    from jwt_auth_core.webhooks.signature import Signer  # noqa: PLC0415

    poster = Poster(url, allow_private=settings.webhooks.allow_private)
    return DeliverEvent(poster, Signer(settings.webhooks.secrets), clock=clock)
