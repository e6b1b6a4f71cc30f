"""Faults in the log."""

from __future__ import annotations

from jwt_auth_asgi.problems.rate_limited_log import RateLimitedLog
from jwt_auth_core.errors import OverloadedError, StoreUnavailableError


class Clock:
    """A monotonic clock that the test holds."""

    now = 1000.0

    def __call__(self):
        return self.now


def test_a_herd_is_one_line(caplog):
    """The first fault is logged at once, the next line counts the others."""
    clock = Clock()
    faults = RateLimitedLog(monotonic=clock)
    for _ in range(500):
        faults.note(OverloadedError())
    clock.now += 1
    faults.note(OverloadedError())
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "request failed: too busy; try again",
        "request failed: too busy; try again, and 499 more since the last line",
    ]


def test_kinds_do_not_hide_each_other(caplog):
    """A fault of another kind is logged while the first is silent."""
    faults = RateLimitedLog(monotonic=Clock())
    faults.note(OverloadedError())
    faults.note(StoreUnavailableError("redis"))
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "redis does not answer" in caplog.text
