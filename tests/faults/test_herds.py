"""Five hundred logins at the same moment, through a real server."""

from __future__ import annotations

from contextlib import ExitStack, closing

import pytest

from jwt_auth_asgi.executors.pool import cores
from jwt_auth_core.passwords import PasswordPolicy, Passwords
from tests.end_to_end import raw
from tests.end_to_end.visitor import PASSWORD, Visitor, at_once, statuses
from tests.faults.answers import answered
from tests.faults.slow_hasher import SlowHasher

pytestmark = pytest.mark.servers

HERD = 500
QUEUE = 20
CROWD = 200


@pytest.fixture
def hasher():
    """Return the hasher; it lets everything through in the end."""
    hasher = SlowHasher()
    yield hasher
    hasher.gate.set()


@pytest.fixture
def site(site_on, hasher, redis_url, migrated_url):
    """Return a site with a short queue before its hash threads."""
    passwords = Passwords(hasher, PasswordPolicy.default())
    stores = {"REDIS_URL": redis_url, "DATABASE_URL": migrated_url}
    return site_on("starlette", parts={"passwords": passwords}, HASH_QUEUE=str(QUEUE), **stores)


@pytest.mark.fault("F-20", "five hundred logins at the same moment, before a queue for twenty")
def test_a_herd_of_logins(site, hasher, measured):
    """A few are hashed, a few wait, all others hear 503 and when to come again; nobody else waits."""
    # F-20, PW-06
    ada = site.member()
    octets = raw.post_json("/auth/login", {"email": ada.email, "password": PASSWORD})
    room = cores() + QUEUE
    hasher.gate.clear()
    with ExitStack() as stack:
        herd = [stack.enter_context(closing(raw.connect(site.server.port))) for _ in range(HERD)]
        for connection in herd:
            connection.sendall(octets)
        refused = answered(herd, HERD - room)
        assert {tuple(raw.statuses(one)) for one in refused} == {(503,)}
        assert all(b"\r\nretry-after: " in one for one in refused)
        for use in (Visitor.topics, Visitor.me, Visitor.refresh):
            assert use(ada).status_code == 200
        hasher.gate.set()
        served = answered(herd, len(herd))
    assert {tuple(raw.statuses(one)) for one in served} <= {(200,), (503,)}
    assert hasher.most <= cores()
    measured.raw(HERD, (status for one in (*refused, *served) for status in raw.statuses(one)))
    site.settle()
    assert ada.login().status_code == 200


@pytest.fixture
def plain_site(site_on, redis_url, migrated_url):
    """Return a site on real stores."""
    return site_on("fastapi", REDIS_URL=redis_url, DATABASE_URL=migrated_url, HASH_QUEUE="1000")


@pytest.mark.fault("F-21", "two hundred people refresh at once after a deploy, each from two tabs")
@pytest.mark.slow
def test_a_herd_of_refreshes(plain_site):
    """No session dies of it, each goes on from either tab, and the next tokens end apart."""
    # F-21, RF-03
    plain_site.member()
    people = [plain_site.visitor() for _ in range(CROWD)]
    for hundred in (people[:100], people[100:]):
        assert statuses(at_once(Visitor.login, hundred)) == {200: 100}
    held = [person.token for person in people]
    found = at_once(people[0].present, held + held)
    assert statuses(found).keys() <= {200, 409}
    lifetimes = [one.json()["expires_in"] for one in found if one.is_success]
    assert len(lifetimes) >= CROWD
    assert len(set(lifetimes)) > 10
    assert min(lifetimes) >= 855
    assert max(lifetimes) <= 900
    assert statuses(at_once(Visitor.refresh, people)) == {200: CROWD}
    assert plain_site.happened("refresh_reused") == 0
    plain_site.settle()
