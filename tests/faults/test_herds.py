"""Five hundred logins at the same moment, through a real server."""

from __future__ import annotations

from contextlib import ExitStack, closing

import pytest

from jwt_auth_core.passwords import PasswordPolicy, Passwords
from jwt_auth_core.passwords.turns import cores
from tests.end_to_end import raw
from tests.end_to_end.visitor import PASSWORD, Visitor
from tests.faults.answers import answered
from tests.faults.slow_hasher import SlowHasher

HERD = 500
QUEUE = 20


@pytest.fixture
def hasher():
    """Return the hasher; it lets everything through in the end."""
    hasher = SlowHasher()
    yield hasher
    hasher.gate.set()


@pytest.fixture
def site(site_on, hasher):
    """Return a site with a short queue before its hash threads."""
    passwords = Passwords(hasher, PasswordPolicy.default())
    return site_on("starlette", parts={"passwords": passwords}, HASH_QUEUE=str(QUEUE))


def test_a_herd_of_logins(site, hasher):
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
    site.settle()
    assert ada.login().status_code == 200
