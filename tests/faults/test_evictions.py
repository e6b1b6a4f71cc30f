"""A session store throws sessions away for want of room: their users log in again, as nobody else."""

from __future__ import annotations

import pytest
import redis

from tests.end_to_end.visitor import Visitor, problem

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore::RuntimeWarning")]

PEOPLE = 20
ROOM_BYTES = 400_000
JUNK = b"x" * 4096


def owner(visitor: Visitor) -> str:
    """Return whose the access token is."""
    email: str = visitor.me().json()["email"]
    return email


@pytest.mark.fault("F-11", "maxmemory-policy allkeys-lru, and strangers' keys until sessions are gone")
def test_an_evicted_session_is_no_longer_one(mortal, own_valkey, measured):
    """Its refresh is 401 once, nobody ever gets what is another's, and a login mends it."""
    # F-11
    people = [mortal.member(f"guest{number}") for number in range(PEOPLE)]
    with redis.Redis.from_url(own_valkey.url) as direct:
        before = len(direct.keys("refresh:*"))
        direct.config_set("maxmemory-policy", "allkeys-lru")
        direct.config_set("maxmemory", direct.info("memory")["used_memory"] + ROOM_BYTES)
        written = 0
        while len(direct.keys("refresh:*")) > before // 2:
            direct.set(f"stranger:{written}", JUNK)
            written += 1
        measured.ended = PEOPLE - len(direct.keys("refresh:*"))
        direct.config_set("maxmemory", "0")
        measured.healed()
    refused = [person for person in people if person.refresh().status_code != 200]
    assert len(refused) == measured.ended > 0
    for person in refused:
        assert person.token is None
        assert problem(person.refresh())[0] == 401
        assert person.login().status_code == 200
    measured.ended += len(refused)
    for person in people:
        assert person.refresh().status_code == 200
        assert owner(person) == person.email
    mortal.settle()
