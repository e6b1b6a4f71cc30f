"""The session store dies and comes back, with all it had or with less, while people use the site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.end_to_end.serving import PATIENCE_SECONDS, until
from tests.end_to_end.site import Site
from tests.end_to_end.visitor import Visitor, at_once, problem, statuses
from tests.faults.disk import backup, on_file, restore

pytestmark = pytest.mark.servers

CROWD = 50


@dataclass
class Regular:
    """Somebody who refreshes all the time until told to stop; ``counts`` says what came of it."""

    visitor: Visitor
    enough: threading.Event
    counts: dict[int, int] = field(default_factory=dict)

    def live(self) -> None:
        """Refresh until it is enough; whoever was refused for want of a store tries again."""
        while not self.enough.is_set():
            answer = self.visitor.refresh()
            self.counts[answer.status_code] = self.counts.get(answer.status_code, 0) + 1
            self.enough.wait(0.005)  # a breath, so that fifty threads leave the server some

    @property
    def served(self) -> int:
        """Return how many of its refreshes succeeded."""
        return self.counts.get(200, 0)


@dataclass
class Crowd:
    """Fifty regulars; `all_served` waits until each of them was served again."""

    regulars: list[Regular]
    threads: list[threading.Thread]
    enough: threading.Event

    def all_served(self, times: int = 2) -> None:
        """Wait until everybody was served so many times from now."""
        before = [one.served for one in self.regulars]
        until(
            lambda: all(one.served >= then + times for one, then in zip(self.regulars, before, strict=True))
        )

    def some_refused(self) -> None:
        """Wait until somebody notices that the store is gone."""
        until(lambda: any(503 in one.counts for one in self.regulars))

    def stop(self) -> None:
        """Send everybody home."""
        self.enough.set()
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS)


@pytest.fixture
def site(site_on, own_valkey, migrated_url) -> Site:
    """Return a site on PostgreSQL and on a server of its own with an append-only file."""
    return site_on(REDIS_URL=own_valkey.url, DATABASE_URL=migrated_url, HASH_QUEUE="1000")


@pytest.fixture
def people(site: Site) -> list[Visitor]:
    """Return sixty sessions."""
    site.member()
    visitors = [site.visitor() for _ in range(CROWD + 10)]
    assert statuses(at_once(Visitor.login, visitors)) == {200: CROWD + 10}
    return visitors


@pytest.fixture
def crowd(people: list[Visitor]) -> Iterator[Crowd]:
    """Return fifty of them, each refreshing in a thread of its own."""
    enough = threading.Event()
    regulars = [Regular(visitor, enough) for visitor in people[:CROWD]]
    threads = [threading.Thread(target=one.live) for one in regulars]
    for thread in threads:
        thread.start()
    together = Crowd(regulars, threads, enough)
    yield together
    together.stop()


@pytest.mark.fault(
    "F-05", "fifty people refresh; kill -9 of Valkey, and a start with its file, twice", ended=10
)
@pytest.mark.untraced
def test_fifty_people_go_on_after_a_kill(site, own_valkey, people, crowd, measured):
    """A kill -9 and a restart with its file: nobody is logged out, and nothing revoked comes back."""
    # F-05, RF-06
    leavers = {person: person.token for person in people[CROWD:]}
    assert statuses(at_once(Visitor.logout, leavers)) == {200: 10}
    on_file(own_valkey)  # what comes from now on may be lost
    for _ in range(2):
        crowd.all_served()
        own_valkey.kill()
        crowd.some_refused()
        own_valkey.start()
        measured.healed()
    crowd.all_served()
    crowd.stop()
    assert {status for one in crowd.regulars for status in one.counts} == {200, 503}
    for person, token in leavers.items():
        assert problem(person.present(token)) == (401, "session_revoked")
    assert site.happened("refresh_reused") == 0
    site.settle()


@pytest.mark.fault("F-06", "an older append-only file is put back", ended=2)
def test_an_older_file_comes_back(site, own_valkey, people, tmp_path):
    """Whoever is ahead of the state goes on, what was ended since stays ended, what is lost logs in again."""
    # F-06, RF-06
    still, moved, ahead, left = people[:4]
    backup(own_valkey, tmp_path / "saved")
    assert moved.refresh().status_code == 200
    for _ in range(3):
        assert ahead.refresh().status_code == 200
    ended = left.token
    assert left.logout().status_code == 200
    late = site.member("grace")
    restore(own_valkey, tmp_path / "saved")
    for person in (still, moved, ahead):
        for _ in range(2):
            assert person.refresh().status_code == 200
    assert site.happened("refresh_resync") == 1
    assert problem(left.present(ended)) == (401, "session_revoked")
    assert problem(late.refresh()) == (401, "refresh_invalid")
    assert late.login().status_code == 200


@pytest.mark.fault("F-06", "an older append-only file is put back after a theft", ended=3)
def test_a_theft_that_was_found_stays_found(own_valkey, people, tmp_path):
    """The tombstone of a reused token is lost with the file; the database still refuses the session."""
    # F-06, RF-04
    victim = people[0]
    stolen = victim.token
    backup(own_valkey, tmp_path / "saved")
    for _ in range(3):
        assert victim.refresh().status_code == 200
    assert problem(victim.present(stolen)) == (401, "refresh_reused")
    restore(own_valkey, tmp_path / "saved")
    for token in (stolen, victim.token):
        assert problem(victim.present(token)) == (401, "session_revoked")
