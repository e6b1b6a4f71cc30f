"""A store that changes its password under a running site: refused, red, and nothing is told."""

from __future__ import annotations

import httpx
import pytest
import redis

from tests.end_to_end.serving import until
from tests.end_to_end.visitor import Visitor, problem

pytestmark = pytest.mark.servers

SECRET = "another-password-of-the-store"
GONE = 503, "store_unavailable"


@pytest.mark.fault("F-12", "CONFIG SET requirepass, and CLIENT KILL of every connection")
def test_a_password_that_was_changed(mortal, own_valkey, measured):
    """503 and a red probe, no word of the password; once it is as before everybody goes on."""
    # F-12, LOG-1
    people = [mortal.member(name) for name in ("ada", "grace")]
    held = [person.token for person in people]
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.config_set("requirepass", SECRET)
        direct.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        for use in (Visitor.refresh, Visitor.login):
            for person in people:
                answer = use(person)
                assert problem(answer) == GONE
                assert SECRET not in answer.text
        ready = f"{mortal.origin}/auth/health/ready"
        until(lambda: httpx.get(ready, trust_env=False).status_code == 503)
        assert SECRET not in httpx.get(ready, trust_env=False).text
        assert {person.topics().status_code for person in people} == {200}
        direct.config_set("requirepass", "")
    measured.healed()
    mortal.heard()
    assert [person.token for person in people] == held
    for person in people:
        assert person.refresh().status_code == 200
    mortal.settle()
