"""Another server takes over: behind a sentinel, and in a cluster whose slots move."""

from __future__ import annotations

import pytest
import redis

from tests.end_to_end.serving import until
from tests.end_to_end.visitor import Visitor, bearer, problem
from tests.faults.disk import on_file
from tests.servers.cluster import ask
from tests.servers.valkey import Valkey

pytestmark = [pytest.mark.servers, pytest.mark.slow]

PEOPLE = 4
GONE = (503, "store_unavailable")


def go_on(people: list[Visitor]) -> None:
    """Let each refresh as often as it takes to be served; the only other answer is to try again."""
    for person in people:
        until(lambda person=person: served(person))
        assert person.topics().status_code == 200


def served(person: Visitor) -> bool:
    """Refresh once; tell whether it was served."""
    answer = person.refresh()
    assert answer.status_code == 200 or problem(answer)[0] == GONE[0]
    return answer.status_code == 200


def held_by(node: Valkey, people: list[Visitor]) -> list[Visitor]:
    """Return those whose sessions a node of a cluster has."""
    with redis.Redis.from_url(node.url) as direct:
        keys = direct.keys("refresh:*")
    return [one for one in people if any(session_of(one).encode() in key for key in keys)]


def session_of(person: Visitor) -> str:
    """Return the id of its one session."""
    answer = person.http.get("/auth/sessions", headers=bearer(person.access))
    (session,) = answer.json()["sessions"]
    return str(session["session_id"])


@pytest.mark.fault("F-08", "kill -9 of the master behind a sentinel, which promotes the replica")
def test_a_failover_behind_a_sentinel(site_on, own_watched, migrated_url, measured):
    """503 until the replica is master, then everybody goes on with the same cookie."""
    # F-08
    site = site_on(REDIS_URL=own_watched.url, DATABASE_URL=migrated_url)
    people = [site.member(f"guest{number}") for number in range(PEOPLE)]
    assert ask(own_watched.master, "WAIT", 1, 5000) == 1
    held = [person.token for person in people]
    own_watched.master.kill()
    assert {problem(person.refresh()) for person in people} == {GONE}
    assert {person.topics().status_code for person in people} == {200}
    assert [person.token for person in people] == held
    own_watched.await_failover()
    measured.healed()
    go_on(people)
    assert site.happened("refresh_reused") == 0


@pytest.mark.fault("F-08", "kill -9 of a cluster's node, and a start with its file")
def test_a_node_of_a_cluster_dies_and_comes_back(site_on, own_cluster, migrated_url, measured):
    """Whose session is on another node goes on meanwhile; afterwards everybody does."""
    # F-08
    site = site_on(REDIS_URL=own_cluster.url, DATABASE_URL=migrated_url)
    people = [site.member(f"guest{number}") for number in range(2 * PEOPLE)]
    while not 0 < len(lost := held_by(own_cluster.nodes[0], people)) < len(people):
        people.append(site.member(f"guest{len(people)}"))
    for node in own_cluster.nodes:
        on_file(node)
    own_cluster.nodes[0].kill()
    for person in people:
        assert served(person) is (person not in lost)
        assert person.topics().status_code == 200
    own_cluster.nodes[0].start()
    own_cluster.await_agreement()
    measured.healed()
    go_on(people)
    assert site.happened("refresh_reused") == 0
