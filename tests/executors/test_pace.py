"""The pace of refusals: at once for a herd, a little later for whoever hurries."""

from __future__ import annotations

import asyncio

import pytest

from jwt_auth_asgi.executors.pace import LONGEST_SECONDS, Pace
from tests.executors.gate import LoopClock


def test_a_herd_is_not_held_up():
    """So many as may come at once do, whenever they come."""  # F-20
    pace = Pace(at_once=4, per_second=2)
    assert [pace.delay(100.0) for _ in range(4)] == [0.0] * 4
    assert [pace.delay(102.0) for _ in range(4)] == [0.0] * 4


def test_who_hurries_is_held_to_the_pace():
    """Beyond these, each comes when its turn would be."""
    pace = Pace(at_once=1, per_second=4)
    assert [pace.delay(100.0) for _ in range(4)] == [0.0, 0.25, 0.5, 0.75]
    assert pace.delay(101.0) == 0.0


def test_nobody_is_held_up_for_long():
    """However many hurry: a second, and no debt is left that somebody else would wait for."""
    pace = Pace(at_once=1, per_second=4)
    assert max(pace.delay(100.0) for _ in range(1000)) == LONGEST_SECONDS
    assert pace.delay(101.0) == pytest.approx(0.25)


async def test_it_waits_as_long_as_it_says():
    """In time means now, without anybody else having had a turn; too early means later."""
    pace, order = Pace(at_once=1, per_second=2), []

    async def waiting():
        await pace.keep()
        order.append("late")

    clock = LoopClock()
    await pace.keep()
    late = asyncio.ensure_future(waiting())
    await clock.move(0.4)
    order.append("still early")
    await clock.move(0.2)
    await late
    assert order == ["still early", "late"]
