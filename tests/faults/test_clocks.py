"""Workers whose clocks disagree, on the same stores: nobody is logged out, nobody lives longer."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.end_to_end.site import Site
from tests.end_to_end.visitor import Visitor, problem

pytestmark = pytest.mark.servers

HOUR = 3600


class Skewed:
    """A clock that is off by so many seconds, and may step."""

    def __init__(self, by: int) -> None:
        self.by = by

    def __call__(self) -> int:
        return int(time.time()) + self.by


@pytest.fixture
def worker_off_by(site_on, redis_url, migrated_url) -> Callable[[int], Site]:
    """Return what starts a worker whose clock is wrong."""
    return lambda seconds: site_on(
        parts={"clock": Skewed(seconds)}, REDIS_URL=redis_url, DATABASE_URL=migrated_url
    )


@pytest.fixture
def right(worker_off_by) -> Site:
    """Return a worker whose clock is right."""
    return worker_off_by(0)


def moved(visitor: Visitor, site: Site) -> Visitor:
    """Return the visitor at another worker."""
    other = site.visitor()
    other.token, other.access = visitor.token, visitor.access
    return other


@pytest.mark.fault("F-22", "a worker half a minute ahead, or behind")
@pytest.mark.parametrize("seconds", [30, -30])
def test_two_workers_half_a_minute_apart(worker_off_by, right, seconds):
    """Tokens of either are good at the other, back and forth."""
    # F-22
    wrong = worker_off_by(seconds)
    ada = right.member()
    for site in (wrong, right, wrong, right):
        ada = moved(ada, site)
        assert ada.topics().status_code == 200
        assert ada.refresh().status_code == 200
        assert ada.topics().status_code == 200


@pytest.mark.fault("F-22", "a worker an hour ahead, or behind", ended=1)
@pytest.mark.parametrize("seconds", [HOUR, -HOUR])
def test_a_worker_an_hour_off_still_refreshes(worker_off_by, right, seconds):
    """Sessions go by the clock of their store: refresh, logout and what was ended hold at every worker."""
    # F-22, RF-06
    ada = right.member()
    for site in (worker_off_by(seconds), right):
        ada = moved(ada, site)
        for _ in range(2):
            assert ada.refresh().status_code == 200
        assert ada.topics().status_code == 200
    ended = ada.token
    ada = moved(ada, worker_off_by(seconds))
    assert ada.logout().status_code == 200
    assert problem(moved(ada, right).present(ended)) == (401, "session_revoked")


def test_a_token_from_the_future_is_refused(worker_off_by, right):
    """What a worker an hour ahead has issued is no token elsewhere; a refresh there brings a good one."""
    # F-22
    ahead = worker_off_by(HOUR)
    ada = moved(ahead.member(), right)
    assert problem(ada.topics()) == (401, "token_invalid")
    assert ada.refresh().status_code == 200
    assert ada.topics().status_code == 200


@pytest.mark.fault("F-22", "a clock steps back by five minutes", ended=1)
def test_a_clock_that_steps_back(worker_off_by):
    """Five minutes back in the middle of a session: it goes on, and its spent tokens stay spent."""
    # F-22
    site = worker_off_by(0)
    ada = site.member()
    first = ada.token
    for _ in range(2):
        assert ada.refresh().status_code == 200
    site.auth.tokens._clock.by = -300
    for _ in range(2):
        assert ada.refresh().status_code == 200
        assert ada.topics().status_code == 200
    assert problem(ada.present(first)) == (401, "refresh_reused")
