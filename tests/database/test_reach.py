"""Connecting to one of several addresses, within one time for all of them."""

import socket
import time

import pytest

from jwt_auth_core.database import reach as module
from jwt_auth_core.database.reach import reach


@pytest.fixture
def asked(monkeypatch):
    """Return which addresses were asked, and how long each had; some swallow everything."""
    made, clock = [], [100.0]

    def connect(address, seconds):
        made.append((address[0], seconds))
        if address[0].startswith("203."):
            clock[0] += seconds
            raise TimeoutError
        return address[0]

    monkeypatch.setattr(module.socket, "create_connection", connect)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    return made


def test_the_first_that_answers_is_taken(asked):
    """The others are not asked."""
    assert reach(["192.0.2.1", "192.0.2.2"], 25, until=110.0) == "192.0.2.1"
    assert asked == [("192.0.2.1", 5.0)]


def test_one_that_swallows_everything_leaves_time_for_the_others(asked):
    """Each has its share of what is left."""
    assert reach(["203.0.113.1", "203.0.113.2", "192.0.2.1"], 25, until=109.0) == "192.0.2.1"
    assert [seconds for _, seconds in asked] == [3.0, 3.0, 3.0]


def test_where_none_answers_the_last_says_why(asked):
    """Also when the time was over before."""
    with pytest.raises(TimeoutError):
        reach(["203.0.113.1", "203.0.113.2"], 25, until=99.0)
    assert [seconds for _, seconds in asked] == [module.LEAST_SECONDS] * 2


def test_without_an_address_there_is_nobody():
    """What that means is the caller's to say."""
    assert reach([], 25, until=time.monotonic()) is None


def test_a_real_address_is_connected_to():
    """The next one, where the first refuses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connected = reach(["127.0.0.2", "127.0.0.1"], server.getsockname()[1], until=time.monotonic() + 60)
        assert connected is not None
        connected.close()
