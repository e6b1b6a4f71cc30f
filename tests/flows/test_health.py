"""Health of an `Auth`: without asking a store, and having asked them once a second at most."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from jwt_auth_core.database import schema
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.flows.health.report import Check, Recent, Report


def down(*_):
    """Stand for a store that does not answer."""
    raise StoreUnavailableError("redis", "cannot be reached")


@pytest.fixture
def ready(world):
    """Return what asks the stores, with a memory of its own and one more to reach."""
    asked = []
    others = {"redis": lambda: asked.append(threading.get_ident())}
    found = replace(world.auth.health.ready, others=others, recent=Recent())
    return found, asked


def test_everything_is_there(world):
    """The report has the stores and what the process knows."""
    report = world.auth.health.ready()
    assert (report.status, report.is_ready) == ("pass", True)
    assert {"database", "migrations", *world.auth.health()} == set(report.checks) - {"redis"}


def test_the_stores_are_asked_once_a_second(ready):
    """However many ask."""
    readiness, asked = ready
    now = [100.0]
    readiness = replace(readiness, recent=Recent(monotonic=lambda: now[0]))
    assert {readiness().status for _ in range(50)} == {"pass"}
    assert len(asked) == 1
    now[0] += 1
    readiness()
    assert len(asked) == 2


def test_who_comes_meanwhile_waits_for_the_same(ready):
    """A herd of probes is one question."""
    readiness, asked = ready
    threads = [threading.Thread(target=readiness) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1


def test_a_database_out_of_reach_fails(ready, monkeypatch):
    """Whether migrations are pending nobody can tell then."""
    readiness, _ = ready
    monkeypatch.setattr(schema, "pending", down)
    report = readiness()
    assert not report.is_ready
    assert report.checks["database"].facts["code"] == "store_unavailable"
    assert "migrations" not in report.checks


def test_another_store_out_of_reach_fails(ready):
    """By its name, with what is wrong."""
    report = replace(ready[0], others={"redis": down}, recent=Recent())()
    detail = {"code": "store_unavailable", "detail": "redis cannot be reached"}
    assert report.as_json()["checks"]["redis"] == {"status": "fail", **detail}


@pytest.mark.parametrize(
    ("feed", "refuses", "status"),
    [
        ((False, True), True, "pass"),
        ((True, False), True, "pass"),
        ((True, True), False, "warn"),
        ((True, True), True, "fail"),
    ],
)
def test_a_silent_feed_fails_who_wants_to_know(world, monkeypatch, feed, refuses, status):
    """By the strict policy; by the other it is said; before anybody asked it is nothing."""
    kind, (is_started, is_silent) = type(world.auth.revocations), feed
    monkeypatch.setattr(kind, "is_started", property(lambda _: is_started))
    monkeypatch.setattr(kind, "health", lambda _: {"is_silent": is_silent})
    known = replace(world.auth.health.known, refuses_when_silent=refuses)
    assert known.checks()["revocations"].status == status


def test_an_audit_that_cannot_seal_is_a_warning(world, monkeypatch):
    """Requests go on."""
    monkeypatch.setattr(type(world.auth.audit), "health", lambda _: {"failing_since": 1})
    assert world.auth.health.known.checks()["audit"].status == "warn"


def test_the_worst_part_counts():
    """Of all; nothing at all is well."""
    good, odd, bad = Check("pass", {}), Check("warn", {}), Check("fail", {})
    assert Report({}).status == "pass"
    assert Report({"a": good, "b": odd}).status == "warn"
    assert Report({"a": bad, "b": odd}).status == "fail"
