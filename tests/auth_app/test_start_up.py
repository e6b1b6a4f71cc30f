"""A start whose stores come late: what is asked again, and what keeps it from being ready."""

from __future__ import annotations

import pytest

from jwt_auth_asgi.features import start_up
from jwt_auth_asgi.features.start_up import StartUp
from jwt_auth_core.errors import SettingsError, StoreUnavailableError
from tests.end_to_end.serving import until

AWAY = StoreUnavailableError("postgresql")
REFUSED = StoreUnavailableError("redis", "refuses the user or the password", is_passing=False)
WRONG = SettingsError(["ENCRYPTION_KEYS lacks k1"])


@pytest.fixture
def started(monkeypatch):
    """Return what starts on a check that ends so, one after the other, and passes at last."""
    monkeypatch.setattr(start_up, "AGAIN_SECONDS", 0)
    monkeypatch.setattr(start_up, "MENDED_SECONDS", 0)
    held = []

    def start(*ends: Exception | None) -> tuple[StartUp, list[Exception | None]]:
        left = list(ends)

        def check() -> None:
            if left and (error := left.pop(0)):
                raise error

        held.append(StartUp(check))
        held[-1].begin()
        return held[-1], left

    yield start
    for one in held:
        one.close()


@pytest.mark.parametrize("error", [REFUSED, WRONG])
def test_what_no_waiting_helps_is_refused(started, error):
    """The start ends with it."""
    with pytest.raises(type(error)):
        started(error)


def test_what_is_out_of_reach_is_said_once_and_asked_again(started, caplog):
    """Twice away, then there: the log has one line for each."""
    starting, left = started(AWAY, AWAY, AWAY)
    until(lambda: "the stores are there" in caplog.text)
    assert (left, starting.checks()) == ([], {})
    assert caplog.text.count("postgresql does not answer") == 1


def test_what_would_have_been_refused_keeps_it_from_being_ready(started, caplog):
    """Until it is mended: the probe has its sentence, and so has the log."""
    starting, left = started(AWAY, *[WRONG] * 10_000)
    until(starting.checks)
    (check,) = starting.checks().values()
    assert (check.status, check.facts["code"]) == ("fail", "invalid_settings")
    left.clear()
    until(lambda: "the stores are there" in caplog.text)
    assert starting.checks() == {}
    assert caplog.text.count("ENCRYPTION_KEYS lacks k1") == 1
