"""Many people, many faults, one after the other: what must always hold, holds; and nothing piles up."""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import psutil
import pytest
import redis

from jwt_auth_core.database.postgres import PostgresDatabase, Timeouts
from tests.end_to_end.serving import until
from tests.faults.proxy import Cut, Proxy, proxied
from tests.faults.soak import Person, Town, Victim
from tests.servers.postgres import execute
from tests.servers.valkey import Valkey

pytestmark = [pytest.mark.servers, pytest.mark.slow]

HURRIED = Timeouts(lock_seconds=0.2, statement_seconds=0.5)
SEED = 20
ROUNDS = 3
TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Harm:
    """Everything that can be done to the stores of a site, each undone at its end."""

    def __init__(
        self, valkey: Valkey, before_valkey: Proxy, database_url: str, before_database: Proxy
    ) -> None:
        self.valkey = valkey
        self.database_url = database_url
        self.before = {"redis": before_valkey, "database": before_database}

    def kinds(self) -> list[Callable[[], object]]:
        """Return every kind of harm, each as a context manager."""
        both = [partial(kind, name) for kind in (self.silent, self.closed, self.cut) for name in self.before]
        return [*both, self.killed, self.stopped, self.forgetful, self.full, self.restarted]

    @contextmanager
    def silent(self, name: str) -> Iterator[None]:
        """Nothing passes."""
        self.before[name].stall()
        yield
        self.before[name].flow()

    @contextmanager
    def closed(self, name: str) -> Iterator[None]:
        """Every connection is cut and no new one is accepted."""
        self.before[name].refuse()
        self.before[name].cut_all()
        yield
        self.before[name].accept()

    @contextmanager
    def cut(self, name: str) -> Iterator[None]:
        """Connections are cut before and after requests, and inside answers."""
        for where in [*Cut] * 3:
            self.before[name].cut(where, keep=3)
        yield

    @contextmanager
    def killed(self) -> Iterator[None]:
        """The session store is killed, and restarted with its file."""
        self.valkey.kill()
        yield
        self.valkey.start()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The session store stands still."""
        self.valkey.send(signal.SIGSTOP)
        yield
        self.valkey.send(signal.SIGCONT)

    @contextmanager
    def forgetful(self) -> Iterator[None]:
        """The session store forgets its scripts."""
        with redis.Redis.from_url(self.valkey.url) as direct:
            direct.script_flush()
        yield

    @contextmanager
    def full(self) -> Iterator[None]:
        """The session store takes no writes for want of memory."""
        with redis.Redis.from_url(self.valkey.url) as direct:
            direct.config_set("maxmemory", "1")
            yield
            direct.config_set("maxmemory", "0")

    @contextmanager
    def restarted(self) -> Iterator[None]:
        """The database ends every connection."""
        execute(self.database_url, TERMINATE)
        yield


@pytest.fixture
def harm(closing, own_valkey, migrated_url) -> Harm:
    """Return what can be done to the stores of the site."""
    # Otherwise a login may be forgotten that was answered a moment before a kill.
    own_valkey.options["appendfsync"] = "always"
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.config_set("appendfsync", "always")
    before_valkey = closing.enter_context(proxied(own_valkey.url))
    before_database = closing.enter_context(proxied(migrated_url))
    return Harm(own_valkey, before_valkey, migrated_url, before_database)


@pytest.fixture
def site(site_on, harm, monkeypatch):
    """Return the site."""
    hurried = partial(PostgresDatabase, wait_seconds=0.2, timeouts=HURRIED)
    monkeypatch.setattr("jwt_auth_core.database.postgres.PostgresDatabase", hurried)
    stores = {"REDIS_URL": harm.before["redis"].url, "DATABASE_URL": harm.before["database"].url}
    return site_on(DB_POOL_SIZE="4", **stores)


@pytest.fixture
def town(site) -> Iterator[Town]:
    """Return eight people and two victims of a thief, awake."""
    names = [f"guest{number}" for number in range(10)]
    visitors = [site.member(name) for name in names]
    kinds = [Person] * 8 + [Victim] * 2
    everybody = Town(
        [kind(one, random.Random(i)) for i, (kind, one) in enumerate(zip(kinds, visitors, strict=True))]  # noqa: S311
    )
    everybody.wake()
    yield everybody
    everybody.sleep()


def ours() -> int:
    """Count the threads that are ours."""
    return sum(thread.name.startswith("jwt-auth") for thread in threading.enumerate())


@pytest.mark.fault(
    "F-30", "every harm to either store three times over, in a mixed order, eight people and two with a thief"
)
@pytest.mark.untraced
def test_a_bad_day(site, town, harm, measured):
    """Whatever fails: nobody is logged out, nothing ended comes back, every theft is found, nothing leaks."""
    # F-30, RF-02, RF-05, RF-06
    town.all_had(3)
    process, threads = psutil.Process(), ours()
    files = process.num_fds()
    faults = harm.kinds() * ROUNDS
    random.Random(SEED).shuffle(faults)  # noqa: S311
    for fault in faults:
        with fault():
            town.had(3)
        town.all_had(1)
    town.all_had(5)
    town.sleep()
    measured.ended = sum(one.ended for one in town.people)
    assert town.all_is_right()
    assert all(one.refused for one in town.people)
    assert any(one.spent for one in town.people)
    assert (
        site.happened("refresh_reused")
        >= any(one.thefts for one in town.people if isinstance(one, Victim))
        == 1
    )
    site.settle()
    until(lambda: ours() <= threads and process.num_fds() <= files + 10)
