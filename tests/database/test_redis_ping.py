"""Whether a Redis is there: one server, or any one of a cluster's."""

from __future__ import annotations

import pytest
from redis.exceptions import ConnectionError as LostError

from jwt_auth_core.database.checks import redis as checks
from jwt_auth_core.errors import StoreUnavailableError


class Server:
    """Answers, or not."""

    def __init__(self, *, is_up):
        self.is_up = is_up
        self.asked = 0
        self.connection_pool, self.connection_kwargs = self, {}

    def ping(self):
        """Answer."""
        self.asked += 1
        if not self.is_up:
            raise LostError


@pytest.fixture
def cluster(monkeypatch):
    """Return what makes a cluster of servers, by whether they are there."""

    def make(*states):
        made = [Server(is_up=state) for state in states]
        monkeypatch.setattr(checks, "servers", lambda _: made)
        return made

    return make


@pytest.mark.parametrize(
    ("states", "asked"),
    [
        ((True,), [1]),
        ((True, True, True), [1, 0, 0]),
        ((False, True, True), [1, 1, 0]),
        ((False, True), [1, 1]),
    ],
)
def test_one_server_will_do(cluster, states, asked):
    """The first that answers is the last that is asked."""
    made = cluster(*states)
    checks.ping(None)
    assert [one.asked for one in made] == asked


@pytest.mark.parametrize("states", [(False,), (False, False)])
def test_none_will_not(cluster, states):
    """Then the store is out of reach."""
    cluster(*states)
    with pytest.raises(StoreUnavailableError, match="redis cannot be reached"):
        checks.ping(None)
