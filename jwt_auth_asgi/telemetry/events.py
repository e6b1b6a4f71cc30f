"""Events as telemetry hears them: each is counted by its name and outcome, and none is made for that."""

from __future__ import annotations

from jwt_auth_asgi.telemetry.observers import OBSERVERS
from jwt_auth_core.events import Event, EventName, Refreshed, Subscribers


def watch_events(subscribers: Subscribers) -> None:
    """Have the events of an `Auth` counted; may be repeated."""
    subscribers.watch(_tell)


def count_refreshes(number: int) -> None:
    """Count refreshes that succeeded: an event that is made for subscribers only, so the edge says it."""
    if number:
        OBSERVERS.event(EventName.REFRESH_SUCCEEDED, Refreshed.outcome, times=number)


def _tell(event: Event) -> None:
    if event.name is not EventName.REFRESH_SUCCEEDED:
        OBSERVERS.event(event.name, event.outcome, event.user_id)
