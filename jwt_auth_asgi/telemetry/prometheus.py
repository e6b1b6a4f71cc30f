"""Prometheus: counters in the default registry of ``prometheus_client``, as its own process metrics are.

With ``PROMETHEUS_MULTIPROC_DIR`` set the values of all workers are in files there, and add up.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, Final

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram, multiprocess

from jwt_auth_asgi.telemetry.observers import outcome_of

DIRECTORY: Final = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Seconds."""

_Metrics = Callable[[Any, Any, Any], Awaitable[None]]
_UNTYPED: Final[Any] = prometheus_client
_MULTIPROCESS: Final[Any] = multiprocess


class PrometheusObserver:
    """An `Observer`; a class because the registry takes each name once."""

    def __init__(self) -> None:
        self._operations = Counter(
            "jwt_auth_operations", "What the auth app did.", ("operation", "outcome", "error_type")
        )
        self._durations = Histogram(
            "jwt_auth_operation_duration_seconds",
            "How long that took.",
            ("operation", "outcome"),
            buckets=BUCKETS,
        )
        self._events = Counter("jwt_auth_events", "What happened to identities.", ("event", "outcome"))
        self._refusals = Counter("jwt_auth_refusals", "Requests that were refused.", ("error_type",))

    def begin(self, _operation: str) -> None:
        """See `Observer.begin`; there are no spans."""

    def end(
        self, _begun: None, operation: str, *, seconds: float, status: int | None, error_type: str | None
    ) -> None:
        """See `Observer.end`."""
        del status  # the type of the error says more
        outcome = outcome_of(error_type)
        self._operations.labels(operation, outcome, error_type or "").inc()
        self._durations.labels(operation, outcome).observe(seconds)

    def event(self, name: str, outcome: str, _user_id: str | None, times: int) -> None:
        """See `Observer.event`."""
        self._events.labels(name, outcome).inc(times)

    def refusal(self, error_type: str) -> None:
        """See `Observer.refusal`."""
        self._refusals.labels(error_type).inc()


@cache
def observer() -> PrometheusObserver:
    """Return the process's own: the registry takes each name once."""
    return PrometheusObserver()


def metrics() -> _Metrics:
    """Return an ASGI application for http with all that is registered: of all workers where they share."""
    observer()
    make: Callable[..., _Metrics] = _UNTYPED.make_asgi_app
    if not os.environ.get(DIRECTORY):
        return make()
    registry = CollectorRegistry()
    _MULTIPROCESS.MultiProcessCollector(registry)
    return make(registry)
