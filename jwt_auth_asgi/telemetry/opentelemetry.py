"""OpenTelemetry, its API alone: spans ``auth.login``, ..., and counters.

Without an SDK there is no observer: the API's own spans and counters take microseconds and tell nobody. With
one, nothing is made current that nobody records, which is what takes long: such a span has no valid context.
A provider that is set later is found, since tracers and meters of the API wait for it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextvars import Token
from functools import lru_cache
from typing import Final

from opentelemetry import metrics, trace
from opentelemetry.context import Context, attach, create_key, detach, get_value, set_value
from opentelemetry.trace import INVALID_SPAN, Span, StatusCode, TracerProvider, set_span_in_context

from jwt_auth_asgi.telemetry.observers import Observer, outcome_of
from jwt_auth_core.errors import TokenExpiredError, TokenInvalidError

SCOPE: Final = "jwt_auth"
BOUNDARIES: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Seconds; those of the semantic conventions for durations of HTTP."""

_API: Final = ("opentelemetry.trace", "opentelemetry.metrics")
_OWN: Final = create_key("jwt_auth own span")
_LEAST_FAULT: Final = 500
_NO_FAULTS: Final = frozenset({"CancelledError", TokenInvalidError.code, TokenExpiredError.code})

_Begun = tuple[Span, Token[Context]]


class OpenTelemetryObserver:
    """An `Observer`; a class because its instruments are made once.

    Without providers they are the process's own, those to come as well.
    """

    def __init__(
        self, tracers: TracerProvider | None = None, meters: metrics.MeterProvider | None = None
    ) -> None:
        self._tracer = trace.get_tracer(SCOPE, tracer_provider=tracers)
        meter = metrics.get_meter(SCOPE, meter_provider=meters)
        self._operations = meter.create_counter("auth.operations", "{operation}", "What the auth app did.")
        self._durations = meter.create_histogram(
            "auth.operation.duration",
            "s",
            "How long that took.",
            explicit_bucket_boundaries_advisory=BOUNDARIES,
        )
        self._events = meter.create_counter("auth.events", "{event}", "What happened to identities.")
        self._refusals = meter.create_counter("auth.refusals", "{refusal}", "Requests that were refused.")

    def begin(self, operation: str) -> _Begun | None:
        """See `Observer.begin`; None where nobody records."""
        span = self._tracer.start_span("auth." + operation)
        if span is INVALID_SPAN or not span.get_span_context().is_valid:
            return None
        return span, attach(set_value(_OWN, span, set_span_in_context(span)))

    def end(
        self,
        begun: _Begun | None,
        operation: str,
        *,
        seconds: float,
        status: int | None,
        error_type: str | None,
    ) -> None:
        """See `Observer.end`."""
        attributes = _attributes(operation, error_type)
        self._operations.add(1, attributes)  # in the span, for exemplars
        self._durations.record(seconds, attributes)
        if begun is not None:
            span, token = begun
            detach(token)
            _finish(span, status, error_type)

    def event(self, name: str, outcome: str, user_id: str | None, times: int) -> None:
        """See `Observer.event`; the user is put on our own span, and on nobody else's."""
        self._events.add(times, {"auth.event": name, "auth.outcome": outcome})
        if user_id is not None and isinstance(span := get_value(_OWN), Span):
            span.set_attribute("user.id", user_id)

    def refusal(self, error_type: str) -> None:
        """See `Observer.refusal`."""
        self._refusals.add(1, {"error.type": error_type})


def observer() -> Observer | None:
    """Return the observer; None while no SDK is loaded and no provider is set but the API's own."""
    return OpenTelemetryObserver() if "opentelemetry.sdk" in sys.modules or _is_provided() else None


def _is_provided() -> bool:
    providers = (trace.get_tracer_provider(), metrics.get_meter_provider())
    return not all(type(one).__module__.startswith(_API) for one in providers)


def _finish(span: Span, status: int | None, error_type: str | None) -> None:
    span.set_attribute("auth.outcome", outcome_of(error_type))
    if status is not None:
        span.set_attribute("http.response.status_code", status)
    if error_type is not None:
        span.set_attribute("error.type", error_type)
    if _is_fault(status, error_type):
        span.set_status(StatusCode.ERROR)
    span.end()


def _is_fault(status: int | None, error_type: str | None) -> bool:
    """Tell a fault of ours from a refusal, and from a client that went away."""
    if status is not None:
        return status >= _LEAST_FAULT
    return error_type is not None and error_type not in _NO_FAULTS


@lru_cache(maxsize=1024)  # there are so many routes, and so many codes
def _attributes(operation: str, error_type: str | None) -> Mapping[str, str]:
    attributes = {"auth.operation": operation, "auth.outcome": outcome_of(error_type)}
    return attributes if error_type is None else {**attributes, "error.type": error_type}
