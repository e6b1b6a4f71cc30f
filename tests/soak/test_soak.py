"""Two workers and random faults: nobody is logged out, nothing confirmed is lost, nothing grows."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.databases import SHARED
from tests.end_to_end.serving import until
from tests.end_to_end.site import PLAIN
from tests.end_to_end.visitor import Visitor
from tests.faults.soak import Town
from tests.soak.figures import Figures, assert_looked, looked_at, told, write
from tests.soak.flat import Trend, Watch, assert_flat, trend
from tests.soak.harm import Harm
from tests.soak.people import Citizen, Robbed, Weather
from tests.soak.workers import PATIENCE_SECONDS, Workers

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("SOAK_SECONDS", "10"))
SEED = int(os.environ.get("SOAK_SEED", str(random.SystemRandom().randrange(10**6))))
PEOPLE, ROBBED = 8, 2
QUIET_SECONDS = (0.5, 2.0)
# Real passwords, real limits of nobody: this is about faults.
VARIABLES = {**PLAIN, "LIMITS": "off", "HASH_THREADS": "1", "HASH_QUEUE": "100", "DB_POOL_SIZE": "4"}


@dataclass
class Soak:
    """What a test soaks."""

    world: str
    workers: Workers
    harm: Harm
    over: threading.Event


@pytest.fixture(params=SHARED)
def soak(request, closing, tmp_path) -> Soak:
    """Return two workers of one storage world or the other, and what can be done to them."""
    over, dice, world = threading.Event(), random.Random(SEED), request.param  # noqa: S311
    variables = dict(VARIABLES)
    if world == "sqlite":
        variables["DATABASE_URL"] = f"sqlite:///{tmp_path}/auth.sqlite3"
    else:
        valkey, database = (request.getfixturevalue(name) for name in ("own_valkey", "own_postgres"))
        # Otherwise a login may be forgotten that was answered a moment before a kill.
        valkey.options["appendfsync"] = "always"
        valkey.kill()
        valkey.start()
        variables |= {"DATABASE_URL": database.url, "REDIS_URL": valkey.url}
    workers = Workers(closing, tmp_path, variables)
    harm = Harm(workers, dice, over)
    if world == "sqlite":
        harm.on_sqlite(tmp_path / "auth.sqlite3")
    else:
        harm.on_valkey(valkey)
        harm.on_postgres(database)
    return Soak(world, workers, harm, over)


@pytest.fixture
def town(soak) -> Iterator[Town]:
    """Return everybody, registered."""
    weather = Weather()
    people = []
    for number in range(PEOPLE + ROBBED):
        visitor = Visitor(soak.workers.origins["elder"], f"guest{number}")
        assert visitor.register().status_code == 201
        kind = Citizen if number < PEOPLE else Robbed
        people.append(kind(visitor, random.Random(SEED + number), workers=soak.workers, weather=weather))  # noqa: S311
    everybody = Town(list(people))
    yield everybody
    everybody.sleep()
    for one in people:
        one.visitor.close()


@pytest.fixture
def watch(soak) -> Iterator[Watch]:
    """Return who watches the worker that lives all along, and no longer than that."""
    watch = Watch(soak.workers.process())
    yield watch
    watch.stop()


@pytest.mark.fault("F-30", "two served workers, random faults to them and to their stores")
def test_nobody_is_logged_out_and_nothing_is_lost(soak, town, watch, measured):
    """Whatever happens at random for as long as it was asked for; and memory and descriptors stay flat."""
    # F-30, RF-01, RF-02, RF-04, RF-05, RF-06
    with told(SEED):
        figures, trends = lived_through(soak, town, watch, measured)
        write(figures)
        assert_looked(figures)
        assert_flat(*trends)
        for process in (soak.workers.elder, soak.workers.younger):
            assert "Traceback" not in process.output


def lived_through(soak: Soak, town: Town, watch: Watch, measured: Any) -> tuple[Figures, tuple[Trend, Trend]]:
    """Do harm and let everybody live on; return what was counted, and what grew."""
    weather, dice = town.people[0].weather, random.Random(SEED)  # noqa: S311
    town.wake()
    town.all_had(2)
    watch.start()
    recoveries: list[float] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        weather.is_bad = True
        with soak.harm.one():
            assert town.all_is_right()
        undone = time.monotonic()
        measured.healed()
        until(soak.workers.ready, within_seconds=PATIENCE_SECONDS)
        recoveries.append(time.monotonic() - undone)
        weather.fine_since, weather.is_bad = time.monotonic(), False
        soak.over.wait(dice.uniform(*QUIET_SECONDS))
        assert town.all_is_right()
    town.all_had(3)
    until(
        lambda: town.all_is_right() and all(looked_at(town.people).values()),
        within_seconds=PATIENCE_SECONDS,
    )
    watch.stop()
    town.sleep()
    measured.ended = sum(one.ended for one in town.people)
    measured.cut = sum(one.cut for one in town.people)
    assert town.all_is_right()
    trends = trend(watch.memory), trend(watch.descriptors)
    known = {"seconds": SECONDS, "seed": SEED, "recovered_seconds": max(recoveries, default=0.0)}
    return Figures.of(soak, town, measured, trends, **known), trends
