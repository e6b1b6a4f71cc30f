"""A worker process is killed between two steps of a request, or told to stop in the middle of one."""

from __future__ import annotations

import re
import signal
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from tests.end_to_end.serving import Worker, worker
from tests.end_to_end.site import KEY
from tests.end_to_end.visitor import Visitor, problem
from tests.faults.markers import FIND_BY_EMAIL, READ_STANDINGS, SESSION_SCRIPT
from tests.faults.syncpoint import SyncPoint, sync_point

pytestmark = [pytest.mark.servers, pytest.mark.slow]

EXAMPLE = ("uvicorn", "examples.postgres_redis:app", "--port", "0")


@pytest.fixture
def redis_point(closing, redis_url):
    """Return a point before the Redis-protocol server at which a request can be stopped."""
    return closing.enter_context(sync_point(redis_url))


@pytest.fixture
def database_point(closing, migrated_url):
    """Return a point before PostgreSQL at which a request can be stopped."""
    return closing.enter_context(sync_point(migrated_url))


@pytest.fixture
def doomed(closing, tmp_path, redis_point, database_point):
    """Return a worker process whose requests to the stores can be stopped."""
    env = {"JWT_KEY": KEY, "COOKIE_SECURE": "false"}
    env |= {"DATABASE_URL": database_point.url, "REDIS_URL": redis_point.url}
    return closing.enter_context(worker(*EXAMPLE, directory=tmp_path, env=env))


@pytest.fixture
def ada(doomed):
    """Return Ada, a visitor of the worker."""
    visitor = Visitor(doomed.origin())
    yield visitor
    visitor.close()


@pytest.fixture
def threads(closing):
    """Return a thread for the request that does not come back."""
    return closing.enter_context(ThreadPoolExecutor(1))


@pytest.fixture
def survivor(site_on, redis_url, migrated_url):
    """Return what starts a second worker on the same stores, and takes a visitor there."""

    def move(visitor: Visitor) -> Visitor:
        moved = site_on(REDIS_URL=redis_url, DATABASE_URL=migrated_url).visitor()
        moved.token, moved.access = visitor.token, visitor.access
        return moved

    return move


def killed_at(point: SyncPoint, doomed: Worker, asking: Future[httpx.Response]) -> None:
    """Kill the worker while its request waits at a point; the request never arrives."""
    point.await_request()
    doomed.kill()
    point.lose()
    with pytest.raises(httpx.TransportError):
        asking.result()


@pytest.mark.fault("F-18", "kill -9 of a worker in a login, before the session is kept", cut=1)
def test_killed_in_a_login(doomed, ada, threads, survivor, redis_point):
    """Between the password and the session: nothing is left, and the next login works."""
    # F-18
    ada.register()
    redis_point.hold_at(SESSION_SCRIPT)
    asking = threads.submit(ada.login)
    killed_at(redis_point, doomed, asking)
    ada = survivor(ada)
    assert ada.login().status_code == 200
    assert ada.refresh().status_code == 200


@pytest.mark.fault("F-18", "kill -9 of a worker in a registration, before the row is written", cut=1)
def test_killed_in_a_registration(doomed, ada, threads, survivor, database_point):
    """Between the hash and the row: there is no user, and a retry makes one."""
    # F-18
    database_point.hold_at(b"INSERT INTO auth_accounts")
    asking = threads.submit(ada.register)
    killed_at(database_point, doomed, asking)
    ada = survivor(ada)
    assert problem(ada.login()) == (401, "invalid_credentials")
    assert ada.register().status_code == 201
    assert ada.login().status_code == 200


@pytest.mark.fault("F-18", "kill -9 of a worker in a refresh, before its answer", cut=1)
def test_killed_in_a_refresh(doomed, ada, threads, survivor, database_point):
    """Between the session store and the database: the same token is answered by another worker."""
    # F-18, RF-02
    ada.register()
    ada.login()
    assert ada.refresh().status_code == 200
    database_point.hold_at(READ_STANDINGS)
    asking = threads.submit(ada.refresh)
    killed_at(database_point, doomed, asking)
    ada = survivor(ada)
    for _ in range(2):
        assert ada.refresh().status_code == 200


@pytest.mark.fault(
    "F-18", "kill -9 of a worker in a logout, after the database's record of it", cut=1, ended=1
)
def test_killed_in_a_logout(doomed, ada, threads, survivor, redis_point):
    """Between the database and the session store: the session is over all the same."""
    # F-18, RF-06
    ada.register()
    ada.login()
    redis_point.hold_at(SESSION_SCRIPT)
    asking = threads.submit(ada.logout)
    killed_at(redis_point, doomed, asking)
    assert problem(survivor(ada).refresh()) == (401, "session_revoked")


@pytest.mark.fault("F-27", "SIGTERM of a worker with a login under way")
def test_told_to_stop_in_a_login(doomed, ada, threads, database_point):
    """SIGTERM: the request under way is answered, then the process ends in good order."""
    # F-27
    ada.register()
    database_point.hold_at(FIND_BY_EMAIL)
    asking = threads.submit(ada.login)
    database_point.await_request()
    doomed.send(signal.SIGTERM)
    doomed.await_line(re.compile("Shutting down"))
    database_point.let_go()
    assert asking.result().status_code == 200
    ada.close()
    assert doomed.ended() in {0, -signal.SIGTERM}
    assert "Finished server process" in doomed.output
    assert not re.search("Traceback|ERROR", doomed.output)


@pytest.mark.fault("F-18", "kill -9 of a worker in a password change, before and after its commit", cut=1)
@pytest.mark.parametrize("step", ["before the commit", "after the commit"])
def test_killed_in_a_password_change(doomed, ada, threads, survivor, database_point, measured, step):  # noqa: PLR0917 - fixtures
    """Before the commit nothing has changed; after it the old sessions die at their next refresh."""
    # F-18, PW-10
    ada.register()
    ada.login()
    new = {"current_password": ada.credentials["password"], "new_password": "green heron seven walks"}
    # After the commit comes the announcement, which is kept in the database first.
    is_done = step == "after the commit"
    database_point.hold_at(b"INTO auth_revocations" if is_done else b"UPDATE auth_accounts")
    access = {"authorization": f"Bearer {ada.access}"}
    asking = threads.submit(ada.http.post, "/auth/password", json=new, headers=access)
    killed_at(database_point, doomed, asking)
    ada = survivor(ada)
    if is_done:
        measured.ended = 1
        assert problem(ada.refresh()) == (401, "session_revoked")
        assert problem(ada.me()) == (401, "token_invalid")
    assert ada.login().status_code == (401 if is_done else 200)
