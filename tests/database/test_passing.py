"""Which failures of a store pass by themselves, and which somebody has to mend: a start waits, or refuses."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing, nullcontext, suppress

import pytest
from redis import exceptions as its
from redis.cluster import RedisCluster

from jwt_auth_core.database.checks.redis import check, ping
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.redis import connect, unavailable
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.database.sqlstate import Refusal, error_for, is_passing
from jwt_auth_core.database.unreached import is_passing as is_passing_of
from jwt_auth_core.errors import StoreUnavailableError
from tests.servers.cluster import until
from tests.servers.valkey import free_port


def passes(call) -> bool:
    """Return what the error of a call says."""
    with pytest.raises(StoreUnavailableError) as caught:
        call()
    return caught.value.is_passing


def answers(client) -> bool:
    """Tell whether a Redis is there."""
    with suppress(StoreUnavailableError):
        ping(client)
        return True
    return False


@pytest.mark.parametrize("code", ["57P03", "53300", "08006", "25006", "55P03", "40001", "58030"])
def test_a_server_that_cannot_serve_now_may_soon(code):
    """It starts, is full, was demoted, or waits for somebody."""
    # F-14, F-16
    error = error_for(Refusal(code))
    assert isinstance(error, StoreUnavailableError)
    assert error.is_passing


@pytest.mark.parametrize("code", ["28P01", "28000", "3D000", "42501"])
def test_a_server_that_refuses_us_will_again(code):
    """A wrong password, role, database or right is somebody's to mend."""
    # F-12
    error = error_for(Refusal(code))
    assert isinstance(error, StoreUnavailableError)
    assert not error.is_passing


@pytest.mark.parametrize(
    "sentence",
    [
        'connection to server at "h", port 5432 failed: FATAL:  the database system is starting up',
        'connection to server at "h", port 5432 failed: FATAL:  sorry, too many clients already',
        "FATAL:  the database system is in recovery mode",
        'could not translate host name "db" to address: Name or service not known',
        "FATAL:  server login has been failing, try again later (server_login_retry)",
        "etwas in einer anderen Sprache",
    ],
)
def test_what_is_said_at_the_login_and_passes(sentence):
    """What nobody knows passes, too: a start waits in doubt."""
    assert is_passing(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        'FATAL:  password authentication failed for user "u"',
        'FATAL:  role "u" does not exist',
        'FATAL:  database "d" does not exist',
        'FATAL:  no pg_hba.conf entry for host "::1", user "u", database "d", no encryption',
        "FATAL:  no such database: d",
        "fe_sendauth: no password supplied",
        "server does not support SSL, but SSL was required",
        "SSL error: certificate verify failed",
        'root certificate file "/x" does not exist',
    ],
)
def test_what_is_said_at_the_login_and_does_not(sentence):
    """PostgreSQL's, PgBouncer's and libpq's own words."""
    assert not is_passing(sentence)


def test_a_postgresql_that_is_not_there():
    """Refused, unknown and silent places are out of reach."""
    # F-12
    assert passes(lambda: PostgresDatabase(f"postgresql://u@127.0.0.1:{free_port()}/d").query("SELECT 1"))
    assert passes(lambda: PostgresDatabase("postgresql://u@nowhere.invalid/d").query("SELECT 1"))
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/d?connect_timeout=1"
        assert passes(lambda: PostgresDatabase(url).query("SELECT 1"))


@pytest.mark.servers
def test_one_place_that_answers_decides(postgres_url):
    """Of two places the one is away, and the other knows no such database."""
    url = postgres_url.replace("/test_", "/none_").replace("host=", "host=/nowhere,")
    with closing(PostgresDatabase(url)) as db:
        assert not passes(lambda: db.query("SELECT 1"))


def test_a_file_that_cannot_be_made(tmp_path):
    """Its path or mode is somebody's to mend."""
    (tmp_path / "taken").touch()
    assert not passes(lambda: SqliteDatabase(tmp_path / "taken" / "a.sqlite3").query("SELECT 1"))


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (its.ConnectionError(), True),
        (its.TimeoutError(), True),
        (its.BusyLoadingError(), True),
        (its.ReadOnlyError(), True),
        (its.OutOfMemoryError(), True),
        (its.MasterDownError("down"), True),
        (its.ClusterDownError("down"), True),
        (its.ResponseError("MISCONF cannot write"), True),
        (its.AuthenticationError(), False),
        (its.NoPermissionError(), False),
        (its.ResponseError("unknown command 'EVALSHA'"), False),
        (its.ResponseError("DB index is out of range"), False),
        (its.RedisClusterException("Cluster mode is not enabled on this node"), False),
    ],
)
def test_what_redis_says(error, passing):
    """A replica, a full or loading server pass; a password, a right, a wrong kind of server do not."""
    assert unavailable(error).is_passing is passing


@pytest.mark.parametrize(
    ("error", "path", "passing"),
    [
        (socket.gaierror(), "", True),
        (ConnectionRefusedError(), "", True),
        (TimeoutError(), "", True),
        (FileNotFoundError(), "/run/redis.sock", True),
        (FileNotFoundError(), "", False),
        (PermissionError(), "/run/redis.sock", False),
        (ssl.SSLEOFError(), "", True),
        (ssl.SSLCertVerificationError(), "", False),
        (ValueError(), "", True),
    ],
)
def test_what_the_system_says(error, path, passing):
    """A socket that is not there yet passes; a file of certificates, or TLS that cannot agree, does not."""
    assert is_passing_of(error, path=path) is passing


def test_a_cluster_is_asked_for_its_map_when_it_is_needed():
    """Made while no node is there, closed without one; each call says that none is."""
    # F-08
    client = connect(f"redis+cluster://127.0.0.1:{free_port()}")
    client.close()
    for call in (check, ping, check):
        assert passes(lambda call=call: call(client))
    assert not hasattr(client, "__nothing__")
    client.close()


@pytest.mark.servers
def test_a_cluster_that_comes_late(own_cluster):
    """It serves as soon as the pause after a failure is over, and an attribute that it lacks is missed."""
    # F-08
    own_cluster.kill()
    client = connect(own_cluster.url)
    assert passes(lambda: ping(client))
    for node in own_cluster.nodes:
        node.start()
    own_cluster.await_agreement()
    until(lambda: answers(client))
    assert not hasattr(client, "nothing_of_this_name")
    client.close()


@pytest.fixture
def made(monkeypatch):
    """Return a list of how often the driver's constructor ran; it looks for what it has not set yet."""
    calls = []

    def construct(self, **_options):
        calls.append(getattr(self, "set_later", "not there"))
        self.set_later = "there"

    monkeypatch.setattr(RedisCluster, "__init__", construct)
    monkeypatch.setattr(RedisCluster, "close", lambda _self: None)
    return calls


def test_a_constructor_that_looks_for_what_it_sets_later(made):
    """It finds nothing, and is not run again for that."""
    client = connect("redis+cluster://127.0.0.1:1")
    assert (client.set_later, made) == ("there", ["not there"])


def test_two_threads_that_need_a_cluster_at_once_make_it_once(made):
    """Who waited while the other made it takes that."""

    class Faster(nullcontext):
        """In the place of the lock: another thread had it until now, and has made the client."""

        def __enter__(self):
            if not client._late_is_making:
                client._make()

    client = connect("redis+cluster://127.0.0.1:1")
    client._late_lock = Faster()
    assert (client.set_later, len(made)) == ("there", 1)
