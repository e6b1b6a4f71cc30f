"""Clients that go away in the middle: no connection, no task, no thread and no place in a queue is lost."""

from __future__ import annotations

import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.end_to_end import raw
from tests.end_to_end.serving import until
from tests.end_to_end.site import Site
from tests.end_to_end.visitor import COOKIE, Visitor, at_once, statuses
from tests.faults.markers import FIND_BY_EMAIL, FIND_USER, READ_STANDINGS, SESSION_SCRIPT
from tests.faults.syncpoint import SyncPoint, sync_point

pytestmark = pytest.mark.servers

QUEUE = 4


@pytest.fixture
def redis_point(closing, redis_url):
    """Return a point before the Redis-protocol server at which a request can be stopped."""
    return closing.enter_context(sync_point(redis_url))


@pytest.fixture
def database_point(closing, migrated_url):
    """Return a point before PostgreSQL at which a request can be stopped."""
    return closing.enter_context(sync_point(migrated_url))


@pytest.fixture
def site(site_on, redis_point, database_point):
    """Return a site with one hash thread and room for a few to wait."""
    stores = {"REDIS_URL": redis_point.url, "DATABASE_URL": database_point.url}
    return site_on("starlette", HASH_THREADS="1", HASH_QUEUE=str(QUEUE), **stores)


@pytest.fixture
def ada(site):
    """Return Ada, logged in; every thread of the site has had something to do."""
    member = site.member()
    for use in (Visitor.refresh, Visitor.me):
        assert use(member).status_code == 200
    return member


def threads() -> int:
    """Count the threads that are ours."""
    return sum(thread.name.startswith("jwt-auth") for thread in threading.enumerate())


def leave(connection: socket.socket) -> None:
    """Reset the connection, as a phone that loses its network does in the end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def all_is_well(site: Site, ada: Visitor, before: int) -> None:
    """Nothing is left over, every place in the queue is free, and the same token is good."""
    site.settle()
    until(lambda: threads() <= before)
    assert statuses(at_once(Visitor.login, [site.visitor() for _ in range(QUEUE + 1)])) == {200: QUEUE + 1}
    assert ada.refresh().status_code == 200


LOGIN = {"email": "ada@example.com", "password": "correct tidal lantern"}
REQUESTS = {
    "login": lambda _: raw.post_json("/auth/login", LOGIN),
    "refresh": lambda ada: raw.request("POST", "/auth/refresh", headers={"Cookie": f"{COOKIE}={ada.token}"}),
    "logout": lambda _: raw.request("POST", "/auth/logout", headers={"Cookie": f"{COOKIE}=x"}),
    "me": lambda ada: raw.request("GET", "/auth/me", headers={"Authorization": f"Bearer {ada.access}"}),
    "register": lambda _: raw.post_json("/auth/register", {**LOGIN, "first_name": "A", "last_name": "L"}),
}


@pytest.mark.fault("F-19", "a client resets its connection inside a request")
@pytest.mark.parametrize("route", REQUESTS)
def test_leaving_at_any_octet(site, ada, measured, route):
    """Whatever part of a request was sent, leaving costs the site nothing."""
    # F-19
    octets, before = REQUESTS[route](ada), threads()
    for end in sorted({1, 10, len(octets) // 2, len(octets) - 20, len(octets) - 1}):
        connection = raw.connect(site.server.port)
        connection.sendall(octets[:end])
        leave(connection)
        measured.raw(1, (), cut=1)
    all_is_well(site, ada, before)


@pytest.mark.fault("F-19", "a client resets its connection while PostgreSQL is asked", cut=1)
@pytest.mark.parametrize(
    ("route", "marker"),
    [("login", FIND_BY_EMAIL), ("refresh", READ_STANDINGS), ("me", FIND_USER)],
)
def test_leaving_while_the_database_is_asked(site, ada, database_point, measured, route, marker):  # noqa: PLR0917 - fixtures
    """The query ends by itself, its connection goes back, and nobody gets the answer."""
    # F-19
    before = threads()
    measured.raw(1, ())
    gone_at(site, database_point, marker, REQUESTS[route](ada))
    all_is_well(site, ada, before)


@pytest.mark.fault("F-19", "a client resets its connection while Valkey is asked", cut=1)
@pytest.mark.parametrize("route", ["login", "refresh"])
def test_leaving_while_the_session_store_is_asked(site, ada, redis_point, measured, route):
    """A session that was opened for nobody is of no use; a refresh for nobody is as none."""
    # F-19
    before = threads()
    measured.raw(1, ())
    gone_at(site, redis_point, SESSION_SCRIPT, REQUESTS[route](ada))
    all_is_well(site, ada, before)


def gone_at(site: Site, point: SyncPoint, marker: bytes, octets: bytes) -> None:
    """Send a request and leave while it is at some point; then let it go on."""
    point.hold_at(marker)
    others = len(site.server.server_state.connections)
    connection = raw.connect(site.server.port)
    connection.sendall(octets)
    point.await_request()
    leave(connection)
    until(lambda: len(site.server.server_state.connections) <= others)
    point.let_go()


@pytest.mark.fault("F-19", "clients reset their connections while they wait for a hash thread")
def test_leaving_while_waiting_for_a_hash(site, ada, database_point, closing, measured):
    """Those who wait and leave give up their places: the next who come find room."""
    # F-19, PW-06
    before = threads()
    database_point.hold_at(FIND_BY_EMAIL)
    octets = REQUESTS["login"](ada)
    asking = closing.enter_context(ThreadPoolExecutor(1)).submit(site.visitor().login)
    database_point.await_request()
    for _ in range(3):
        waiting = [raw.connect(site.server.port) for _ in range(QUEUE)]
        for connection in waiting:
            connection.sendall(octets)
        until(lambda: len(site.server.server_state.tasks) == QUEUE + 1)
        for connection in waiting:
            leave(connection)
        measured.raw(QUEUE, (), cut=QUEUE)
        until(lambda: len(site.server.server_state.tasks) == 1)
    database_point.let_go()
    assert asking.result().status_code == 200
    all_is_well(site, ada, before)
