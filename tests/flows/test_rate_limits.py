"""Limits of an `Auth`: the group that applications and edges ask."""

from __future__ import annotations

import pytest

from jwt_auth_core.rate_limits import RateLimitedError, Rule, parse_rates
from jwt_auth_core.settings import Settings
from tests.flows.conftest import KEY, World

pytestmark = pytest.mark.limited

RULE = Rule("reports", parse_rates("3/day"))


@pytest.fixture
def embedded(tmp_path):
    """Return what makes a world with more variables."""
    made = []

    def make(**variables):
        urls = {"DATABASE_URL": f"sqlite:///{tmp_path}/auth.sqlite3"}
        made.append(World(Settings.from_env({"JWT_KEY": KEY, **urls, **variables})))
        return made[-1]

    yield make
    for world in made:
        world.auth.close()


def counted(world, key="ada@example.com"):
    """Return how many of ten go."""
    gone = 0
    for _ in range(10):
        try:
            world.auth.rate_limits.check(RULE, key)
        except RateLimitedError:
            continue
        gone += 1
    return gone


def test_an_application_limits_what_it_likes(world):
    """By a rule of its own and any text as the key, in the stores that the settings name."""
    assert (counted(world), counted(world, "eve@example.com"), counted(world)) == (3, 3, 0)
    world.auth.rate_limits.reset(RULE, "ada@example.com")
    assert counted(world) == 3


def test_two_processes_count_together(world):
    """Whoever has the same settings has the same buckets."""
    other = World(world.settings)
    assert (counted(world), counted(other)) == (3, 0)
    other.auth.close()


def test_health_tells_of_limits(world):
    """Whether there are any, and whether all processes count together."""
    expected = {"limits": "on", "shared": True, "down_seconds": None}
    assert world.auth.health()["rate_limits"] == expected


def test_limits_can_be_off(embedded):
    """By one variable, for all of them."""
    world = embedded(LIMITS="off")
    assert counted(world) == 10
    assert world.auth.health()["rate_limits"]["limits"] == "off"


@pytest.mark.parametrize("value", ["no", "OFF", "0"])
def test_a_switch_has_two_words(embedded, value):
    """Whatever else is refused with the name of the variable."""
    with pytest.raises(Exception, match="LIMITS must be one of on, off"):
        embedded(LIMITS=value)
