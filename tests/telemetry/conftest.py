"""What watches: the real SDK of OpenTelemetry, exporting into memory, in the place of the process's own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from jwt_auth_asgi.telemetry.observers import OBSERVERS
from jwt_auth_asgi.telemetry.opentelemetry import OpenTelemetryObserver
from tests.asgi.conftest import clock, expired, spy, token, tokens
from tests.auth_app.conftest import world
from tests.auth_app.suite.conftest import ada, app_factory, client, session

__all__ = ["ada", "app_factory", "client", "clock", "expired", "session", "spy", "token", "tokens", "world"]


@dataclass(frozen=True)
class Exported:
    """What was exported."""

    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader
    tracers: TracerProvider

    @property
    def spans(self):
        """The spans by their names, the last of each."""
        return {span.name: span for span in self.exporter.get_finished_spans()}

    def points(self, name):
        """Return the points of a metric: their attributes, and their value or count."""
        found = []
        for resource in self.reader.get_metrics_data().resource_metrics:
            for scope in resource.scope_metrics:
                assert scope.scope.name == "jwt_auth"
                found += [
                    point for one in scope.metrics if one.name == name for point in one.data.data_points
                ]
        return [(dict(one.attributes), getattr(one, "value", getattr(one, "count", None))) for one in found]

    def everything(self):
        """Return all that left the process, as text."""
        spans = "\n".join(span.to_json() for span in self.exporter.get_finished_spans())
        data = self.reader.get_metrics_data()
        return spans + (data.to_json() if data else "")


@pytest.fixture
def exported(monkeypatch):
    """Return what the SDK exports, which is all that observes."""
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(), MeterProvider([reader])
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    observe(monkeypatch, OpenTelemetryObserver(tracers, meters))
    yield Exported(exporter, reader, tracers)
    meters.shutdown()
    tracers.shutdown()


def observe(monkeypatch, *observers):
    """Have these observe, and nobody else."""
    monkeypatch.setattr(OBSERVERS, "_awaited", ())
    monkeypatch.setattr(OBSERVERS, "_found", observers)
