"""The invariants of the refresh protocol, seen from outside: only requests, answers and a clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.end_to_end import site
from tests.end_to_end.machine import machine_on
from tests.end_to_end.schedules import Network, Place, reached
from tests.end_to_end.site import FRAMEWORKS
from tests.end_to_end.world import Remembering, World

MACHINE = {
    "max_examples": 30,
    "stateful_step_count": 40,
    "suppress_health_check": list(HealthCheck),
}


@pytest.fixture(params=list(FRAMEWORKS))
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    """Return the network before an application whose sessions can be set back."""
    world = World(request.param, sessions_on=Remembering)
    yield Network(world)
    world.close()


@pytest.mark.untraced
@pytest.mark.parametrize("depth", [6, pytest.param(8, marks=pytest.mark.slow)])
def test_no_schedule_logs_an_honest_browser_out(network, depth):
    """I1: lost, doubled, reordered, two tabs: the cookie that the browser holds is good for a refresh."""
    # RF-02, RF-03
    for place in reached(network, depth=depth):
        answer, _ = network.arrive(place, place.cookie)
        assert answer.accepted, place


def rivals(network: Network, place: Place, hands: tuple[str, str], turn: int = 0) -> Iterator[list[int]]:
    """Yield who was served, in turn, in every way of two holders until one of them is refused."""
    for seconds in (0, 1, 11):
        answer, after = network.arrive(replace(place, now=place.now + seconds), hands[turn])
        if not answer.cookie:
            yield []
            continue
        changed = (answer.cookie, hands[1]) if turn == 0 else (hands[0], answer.cookie)
        for served in rivals(network, after, changed, 1 - turn):
            yield [turn, *served]


def young(network: Network) -> Iterator[tuple[Place, str, str]]:
    """Yield the ways in which two people come to hold different live tokens of one session."""
    begin = network.begin()
    one, after = network.arrive(begin, begin.cookie)
    two, after = network.arrive(after, begin.cookie)
    assert one.cookie
    assert two.cookie
    yield after, begin.cookie, one.cookie  # a copy of the parent
    yield after, one.cookie, two.cookie  # two children
    grown, later = network.arrive(after, one.cookie)
    assert grown.cookie
    yield later, one.cookie, grown.cookie


def test_a_thief_and_a_victim_do_not_both_live_on(network):
    """I3: whoever moves first, neither is served more than twice before one of them is refused."""
    # RF-05
    for place, left, right in young(network):
        for hands in ((left, right), (right, left)):
            for served in rivals(network, place, hands):
                assert max(served.count(0), served.count(1)) <= 2


def test_after_a_theft_is_found_nobody_is_accepted(network):
    """I4, I11: a spent token after the grace ends the session for its owner and for the thief."""
    # RF-04
    place = network.begin()
    stolen, held = place.cookie, []
    for _ in range(3):
        answer, place = network.arrive(place, held[-1] if held else stolen)
        held.append(answer.cookie)
    late = replace(place, now=place.now + 11)
    told, after = network.arrive(late, stolen)
    assert (told.code, told.cookie) == ("refresh_reused", "")
    assert {network.arrive(after, token)[0].code for token in (stolen, *held)} == {"session_revoked"}


@pytest.mark.untraced
@pytest.mark.parametrize("framework", list(FRAMEWORKS))
def test_random_schedules_with_a_thief(framework):
    """I1, I2, I4, I11 in the embedded store, whatever happens in whatever order."""
    with closing(World(framework)) as world:
        run_state_machine_as_test(machine_on(world), settings=settings(**MACHINE))


@pytest.mark.servers
def test_random_schedules_on_real_servers(redis_url, migrated_url):
    """The same on PostgreSQL and a Redis-protocol server."""
    wanted = site.settings(DATABASE_URL=migrated_url, REDIS_URL=redis_url)
    with closing(World(wanted=wanted)) as world:
        run_state_machine_as_test(machine_on(world), settings=settings(**MACHINE))
