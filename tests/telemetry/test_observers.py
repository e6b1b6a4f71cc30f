"""Observers: found where their library is loaded, and no failure of theirs is anybody else's."""

import subprocess
import sys
import types

import pytest
from opentelemetry.sdk.trace import TracerProvider

from jwt_auth_asgi.telemetry import opentelemetry
from jwt_auth_asgi.telemetry.events import count_refreshes
from jwt_auth_asgi.telemetry.observers import DRIVERS, LOOK_SECONDS, PAUSE_SECONDS, Observers
from jwt_auth_asgi.telemetry.watch import watch
from tests.telemetry.conftest import observe

ALONE = """
import sys
from jwt_auth_asgi.telemetry.observers import OBSERVERS
from jwt_auth_asgi import create_app
assert OBSERVERS() == ()
assert not {"opentelemetry", "prometheus_client"} & set(sys.modules)
"""
LATER = """
from jwt_auth_asgi.telemetry.watch import watch
from opentelemetry import metrics, trace  # as an instrumented library loads them
with watch("login"):
    assert trace.get_current_span() is trace.INVALID_SPAN

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
exporter, reader, provider = InMemorySpanExporter(), InMemoryMetricReader(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
metrics.set_meter_provider(MeterProvider([reader]))
with watch("refresh"):
    pass
assert [span.name for span in exporter.get_finished_spans()] == ["auth.refresh"]
assert "auth.operations" in reader.get_metrics_data().to_json()
"""


class Failing:
    """An observer that fails at all that it hears."""

    def __getattr__(self, name):
        raise OSError(f"no space left for {name}")


@pytest.fixture
def ticks():
    """Return the seconds that a clock shows."""
    return [0.0]


@pytest.fixture
def driver(monkeypatch):
    """Return the module of an observer by the name of ``pigeons``, which nobody has loaded."""
    module = types.ModuleType("pigeon_driver")
    module.observer = lambda: "the observer"
    monkeypatch.setitem(sys.modules, "pigeon_driver", module)
    monkeypatch.delitem(sys.modules, "pigeons", raising=False)
    return module


def found(ticks):
    """Return observers that know of pigeons."""
    return Observers({"pigeons": "pigeon_driver"}, monotonic=lambda: ticks[0])


@pytest.mark.parametrize("code", [ALONE, LATER], ids=["nobody", "set later"])
def test_what_nobody_uses_is_not_loaded_and_what_comes_later_is_found(code):
    """In a process of its own: no library is loaded by us, and a provider may be set after the first span."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_an_observer_is_made_once_when_its_library_is_there(monkeypatch, driver, ticks):
    """Not before, and not again."""
    observers = found(ticks)
    assert observers() == ()
    monkeypatch.setitem(sys.modules, "pigeons", driver)
    assert observers() == ("the observer",)
    driver.observer = None
    assert observers() == ("the observer",)


def test_what_nobody_hears_is_not_told_until_somebody_does(monkeypatch, driver, ticks):
    """A library that is loaded is asked once a second whether anybody listens."""
    made = iter([None, "the observer"])
    driver.observer = lambda: next(made)
    monkeypatch.setitem(sys.modules, "pigeons", driver)
    observers = found(ticks)
    assert observers() == observers() == ()
    ticks[0] = LOOK_SECONDS
    assert observers() == observers() == ("the observer",)


def test_opentelemetry_without_an_sdk_is_told_nothing(monkeypatch):
    """Its API alone, whose providers record nothing; another's provider is listened to, SDK or not."""
    monkeypatch.delitem(sys.modules, "opentelemetry.sdk")
    assert opentelemetry.observer() is None
    monkeypatch.setattr(opentelemetry.trace, "get_tracer_provider", TracerProvider)
    assert opentelemetry.observer() is not None


def test_refreshes_are_counted_a_batch_at_a_time(exported):
    """Each counts, and a batch without one says nothing."""
    count_refreshes(0)
    assert exported.reader.get_metrics_data() is None
    count_refreshes(3)
    count_refreshes(1)
    assert exported.points("auth.events") == [
        ({"auth.event": "refresh_succeeded", "auth.outcome": "success"}, 4)
    ]


def test_a_library_that_is_of_no_use_is_said_once(monkeypatch, driver, ticks, caplog):
    """One that lacks what we need; nothing else fails by it."""
    monkeypatch.setitem(sys.modules, "pigeons", driver)
    monkeypatch.delattr(driver, "observer")
    observers = found(ticks)
    assert observers() == observers() == ()
    assert [record.name for record in caplog.records] == ["jwt_auth.telemetry"]


def test_an_observer_that_fails_changes_nothing(monkeypatch, caplog):
    """Operations, events and refusals go on, and the log says so once a minute."""
    observers = observe(monkeypatch, Failing()) or watch.__globals__["OBSERVERS"]
    monkeypatch.setattr(observers, "_warned", -PAUSE_SECONDS)
    with watch("login") as watched:
        watched.answered(200, None)
    observers.event("login_succeeded", "success")
    observers.refusal("token_expired")
    assert [record.getMessage() for record in caplog.records] == ["telemetry failed, and nothing else did"]


def test_an_end_that_fails_changes_nothing(monkeypatch, caplog):
    """Whatever it was that the beginning returned."""

    class Ending:
        def begin(self, _operation):
            return None

        def end(self, *_, **__):
            raise OSError("no space left")

    observe(monkeypatch, Ending())
    monkeypatch.setattr(watch.__globals__["OBSERVERS"], "_warned", -PAUSE_SECONDS)
    with watch("login"):
        pass
    assert len(caplog.records) == 1


def test_failures_are_told_once_a_minute(ticks, caplog):
    """Not once a request."""
    observers = found(ticks)
    for second in (0, 1, PAUSE_SECONDS - 1, PAUSE_SECONDS):
        ticks[0] = second
        observers.failed(OSError("no space left"))
    assert len(caplog.records) == 2


def test_a_lock_that_was_held_at_a_fork_is_not(monkeypatch, driver, ticks):
    """A child finds observers, whatever another thread of its parent was about."""
    # F-28
    observers = found(ticks)
    observers._lock.acquire()
    observers.after_fork()
    monkeypatch.setitem(sys.modules, "pigeons", driver)
    assert observers() == ("the observer",)


def test_the_libraries_are_those_of_the_extras():
    """Each is loaded by the file that bears its name."""
    assert set(DRIVERS) == {"opentelemetry", "prometheus_client"}


def test_where_nobody_observes_an_operation_is_as_it_is(monkeypatch):
    """Its answer is taken down by nobody."""
    observe(monkeypatch)
    with watch("login") as watched:
        watched.answered(200, None)
