"""Open websockets of two real worker processes: what ends in one closes in the other, and only that."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack, closing

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from tests.examples.serving import served
from tests.no_tls import NO_TLS
from tests.servers import postgres

pytestmark = pytest.mark.slow

PASSWORD = "correct tidal lantern"
ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "L"}
LOGIN = {"email": ADA["email"], "password": PASSWORD, "transport": "body"}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("servers", marks=pytest.mark.servers)])
def workers(request, tmp_path_factory):
    """Return clients of two worker processes of the websocket example, on one ground."""
    directory = tmp_path_factory.mktemp(request.param)
    env = {
        "JWT_KEY": "a key that only the tests of open websockets know",
        "ENCRYPTION_KEYS": "another that both workers have for their audit",
        "COOKIE_SECURE": "false",
    }
    if request.param == "sqlite":
        env["DATABASE_URL"] = f"sqlite:///{directory}/shared.sqlite3"
    else:
        env["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        env["REDIS_URL"] = request.getfixturevalue("redis_server")
        with closing(PostgresDatabase(env["DATABASE_URL"])) as database:
            migrate(database)
    with ExitStack() as stack:
        yield [_worker(stack, env, directory / name) for name in ("one", "two")]


@pytest.fixture(scope="module")
def postgres_url(postgres_server):
    """Return a database of this module's own."""
    with postgres.database(postgres_server) as url:
        yield url


def _worker(stack, env, directory):
    directory.mkdir()
    origin = stack.enter_context(served("examples.websocket:app", directory=directory, env=env))
    client = stack.enter_context(httpx.Client(base_url=origin, timeout=60, trust_env=False, verify=NO_TLS))
    client.post("/auth/register", json=ADA)
    return client


def login(client):
    """Log in; return the two tokens."""
    told = client.post("/auth/login", json=LOGIN).json()
    return told["access_token"], told["refresh_token"]


def bearer(token):
    """Return the header that carries an access token."""
    return {"Authorization": f"Bearer {token}"}


def opened(client, *offered):
    """Open a websocket."""
    address = str(client.base_url).replace("http", "ws") + "/echo"
    return connect(address, subprotocols=["bearer", *offered], proxy=None)


def is_open(websocket):
    """Say something and be answered."""
    websocket.send("hello")
    return websocket.recv(60).endswith("said hello")


def closed(websocket):
    """Wait for the close; return its code, its reason, and when it came."""
    with pytest.raises(ConnectionClosed) as caught:
        websocket.recv(60)
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason, time.monotonic()


def ended_elsewhere(one, two):
    """Log in and out in one worker; return how long a websocket of the other stayed open, in seconds."""
    access, refresh = login(one)
    with opened(two, access) as ending:
        assert is_open(ending)
        one.post("/auth/logout", json={"refresh_token": refresh}).raise_for_status()
        began = time.monotonic()
        code, reason, at = closed(ending)
    assert (code, reason) == (3000, "session ended")
    return at - began


def test_a_logout_elsewhere_closes_that_session_alone(workers):
    """Within a second; another session's, and one whose session was refreshed elsewhere, go on."""
    # RF-11
    one, two = workers
    other, others_refresh = login(one)
    with opened(two, other) as staying:
        fresh = one.post("/auth/refresh", json={"refresh_token": others_refresh}).json()["access_token"]
        # A second is the promise; the best of a few, since a test machine may be busy with others.
        assert any(ended_elsewhere(one, two) < 1.5 for _ in range(5))
        assert is_open(staying)
        staying.send(f"token {fresh}")
        assert staying.recv(60).startswith("until ")


def test_logging_out_everywhere_closes_all(workers):
    """Of this user, in both processes."""
    # RF-11
    one, two = workers
    (access, _), (other, _) = login(one), login(two)
    with opened(one, other) as here, opened(two, access) as there, opened(two, other) as there_too:
        one.post("/auth/logout-all", headers=bearer(access)).raise_for_status()
        assert {closed(websocket)[:2] for websocket in (here, there, there_too)} == {(3000, "session ended")}


def test_a_new_password_closes_all(workers):
    """The session that goes on is a new one; its websocket has to be opened anew."""
    # RF-11
    one, two = workers
    access, _ = login(one)
    change = {"current_password": PASSWORD, "new_password": PASSWORD + " two", "transport": "body"}
    with opened(two, access) as before:
        answer = one.post("/auth/password", json=change, headers=bearer(access)).raise_for_status()
        assert closed(before)[:2] == (3000, "session ended")
    fresh = answer.json()["access_token"]
    with opened(two, fresh) as after:
        assert is_open(after)
    back = {"current_password": PASSWORD + " two", "new_password": PASSWORD, "transport": "body"}
    one.post("/auth/password", json=back, headers=bearer(fresh)).raise_for_status()


def test_a_ticket_of_one_opens_the_other_once(workers):
    """And, a moment later, neither."""
    # ASGI-03
    one, two = workers
    access, _ = login(one)
    told = one.post("/auth/ws-ticket", headers=bearer(access)).json()
    with opened(two, told["ticket"]) as websocket:
        assert is_open(websocket)
    for worker in workers:
        with pytest.raises(InvalidStatus) as refused, opened(worker, told["ticket"]):
            pass
        assert json.loads(refused.value.response.body or b"{}")["code"] == "token_invalid"
