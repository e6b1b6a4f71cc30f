"""Connecting to Redis, and its errors in our words."""

import inspect
import logging
import ssl
from urllib.parse import urlsplit

import pytest
import redis
from redis import exceptions as its

from jwt_auth_core.database.checks.redis import check
from jwt_auth_core.database.redis import Script, connect, translated
from jwt_auth_core.database.resp import Call
from jwt_auth_core.database.unreached import reason
from jwt_auth_core.errors import SettingsError, StoreUnavailableError
from tests.servers.authority import Authority
from tests.servers.valkey import Valkey, free_port

KINDS = [
    kind
    for _, kind in inspect.getmembers(its, inspect.isclass)
    if issubclass(kind, Exception)
    and kind.__module__ == its.__name__
    and kind.__name__ != "IncorrectPolicyType"
]
SAID = {
    "AuthenticationError": "refuses the user or the password",
    "NoPermissionError": "does not let this user run",
    "BusyLoadingError": "is still loading",
    "ConnectionError": "cannot be reached",
    "MaxConnectionsError": "cannot be reached",
    "TimeoutError": "does not answer in time",
    "OutOfMemoryError": "is out of memory",
    "ReadOnlyError": "takes no writes",
    "ClusterDownError": "cluster that is down",
    "MasterDownError": "cluster that is down",
    "RedisClusterException": "no node answers for all",
    "DataError": "does not answer as it should",
}


def made(kind):
    """Return an error of a kind; those that parse their text get a fitting one."""
    return kind("1 127.0.0.1:7000" if issubclass(kind, its.AskError) else "hunter2")


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_of_the_driver_becomes_ours(kind):
    """No exception of the driver leaves the door, and its text is not repeated."""
    with pytest.raises(StoreUnavailableError) as caught, translated():
        raise made(kind)
    assert SAID.get(kind.__name__, "redis ") in str(caught.value)
    assert isinstance(caught.value.__cause__, kind)
    assert (caught.value.store, "hunter2" in str(caught.value)) == ("redis", False)


def test_other_errors_pass():
    """What is not the driver's is not hidden."""
    with pytest.raises(ZeroDivisionError), translated():
        _ = 1 / 0


def test_nobody_listening():
    """A wrong port is one clear sentence."""
    # F-12
    client = connect(f"redis://:hunter2@127.0.0.1:{free_port()}")
    with pytest.raises(StoreUnavailableError, match=r"^redis cannot be reached: the connection was refused$"):
        check(client)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("redis://:hunter2@nowhere.invalid", "the host is unknown"),
        ("unix:///nowhere/of.sock?password=hunter2", "its socket /nowhere/of.sock is not there"),
        ("redis+sentinel://:hunter2@nowhere.invalid/main", "no sentinel that answers knows its master"),
    ],
)
def test_why_a_server_is_not_reached(url, why):
    """The sentence says which of the ways to fail it was."""
    # F-12
    with pytest.raises(StoreUnavailableError, match=rf"^redis cannot be reached: {why}") as caught:
        check(connect(url))
    assert "hunter2" not in str(caught.value)


@pytest.mark.servers
@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("", "TLS: its certificate is not trusted, unable to get local issuer"),
        ("?ssl_ca_certs=/nowhere.pem", "a file that the TLS options name is not there"),
        ("?ssl_ca_certs={authority}", "TLS: its certificate is not trusted, IP address mismatch"),
    ],
)
def test_why_tls_fails(redis_server, proxy_to, tmp_path, options, why):
    """An unknown authority, a missing file and a wrong name are told apart."""
    authority = Authority(tmp_path)
    proxy = proxy_to(urlsplit(redis_server).port, tls=authority.server("redis.example"))
    url = f"rediss://127.0.0.1:{proxy.port}{options.format(authority=authority.path)}"
    with pytest.raises(StoreUnavailableError, match=rf"^redis cannot be reached: {why}"):
        check(connect(url))


@pytest.mark.servers
def test_a_server_without_tls(redis_server):
    """A plain Redis waits for the rest of a command where we wait for its handshake."""
    port = urlsplit(redis_server).port
    client = connect(f"rediss://127.0.0.1:{port}", timeout_seconds=0.2)
    with pytest.raises(StoreUnavailableError, match=r"in time: perhaps no TLS is spoken at that port$"):
        check(client)


def test_every_call_names_the_socket():
    """Not the first one alone."""
    client = connect("unix:///nowhere/of.sock")
    with pytest.raises(StoreUnavailableError, match=r"its socket /nowhere/of.sock is not there"):
        Script("return 1").run(client, [Call("key", ())])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ssl.SSLError(1, "odd"), "TLS: no agreement"),
        (TimeoutError(), ""),
        (TimeoutError(110, "Connection timed out"), "connection timed out"),
        (PermissionError(), "a file that the TLS options name may not be used"),
        (OSError(113, "No route to host"), "no route to host"),
        (ConnectionResetError(), "the connection was cut off"),
        (BlockingIOError(), "blockingioerror"),
        (ValueError(), ""),
    ],
)
def test_what_the_system_says(error, words):
    """Each error of the system has its words."""
    assert reason(error) == words


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("redis+cluster://127.0.0.1:{}", "no node answers for all: the connection was refused"),
        ("redis+sentinel://127.0.0.1:{}/main", "cannot be reached: no sentinel that answers"),
    ],
)
def test_no_cluster_and_no_sentinel_listening(form, why):
    """The same for the forms that ask the way first."""
    # F-12
    with pytest.raises(StoreUnavailableError, match=why):
        check(connect(form.format(free_port())))


def test_a_wrong_url_is_a_matter_of_settings():
    """What cannot be a Redis is told apart from one that does not answer."""
    with pytest.raises(SettingsError):
        connect("postgresql://h")


@pytest.mark.servers
def test_databases_are_told_apart(redis_url):
    """The number in the URL is the database that is used."""
    client = connect(redis_url.removesuffix("/0") + "/1")
    client.flushdb()
    client.set("x", "1")
    with redis.Redis.from_url(redis_url) as other:
        assert other.get("x") is None
    client.flushdb()
    client.close()


@pytest.mark.servers
def test_a_socket_and_a_password(tmp_path):
    """A server on a Unix socket with a password is reached, with a wrong one it is not."""
    # F-12
    path = tmp_path / "valkey.sock"
    server = Valkey(tmp_path / "v", options={"unixsocket": str(path)}).start()
    with redis.Redis.from_url(server.url) as admin:
        admin.config_set("requirepass", "a-password")
    client = connect(f"unix://{path}?password=a-password&db=1")
    check(client)
    client.close()
    for url in (
        f"unix://{path}",
        f"unix://{path}?password=hunter2",
        server.url.replace("//", "//u:hunter2@"),
    ):
        with pytest.raises(StoreUnavailableError, match="refuses the user or the password") as caught:
            check(connect(url))
        assert "hunter2" not in str(caught.value)
    server.kill()


@pytest.mark.servers
def test_eviction_is_warned_of(own_valkey, caplog):
    """A server that may drop sessions is pointed out at start; a fitting one is not."""
    # RED-2, F-11
    client = connect(own_valkey.url)
    check(client)
    assert caplog.messages == []
    client.config_set("maxmemory-policy", "allkeys-lru")
    with caplog.at_level(logging.WARNING, "jwt_auth.redis"):
        check(client)
    assert "maxmemory-policy is allkeys-lru" in caplog.text
    assert "set it to noeviction" in caplog.text
    client.close()


@pytest.mark.servers
def test_a_policy_that_cannot_be_seen_stops_nothing(own_valkey, caplog):
    """Without the right to ask, a line says what must be."""
    # RED-2
    with redis.Redis.from_url(own_valkey.url) as admin:
        admin.execute_command("ACL", "SETUSER", "u", "on", ">a-password", "-@all", "+ping")
    client = connect(own_valkey.url.replace("//", "//u:a-password@"))
    with caplog.at_level(logging.INFO, "jwt_auth.redis"):
        check(client)
    assert "must be noeviction" in caplog.text
    client.close()


@pytest.mark.servers
def test_tls_is_verified(own_valkey, proxy_to, tmp_path):
    """A certificate of nobody we know is refused, and so is one for another host; the right one is not."""
    # F-12
    authority = Authority(tmp_path)
    port = proxy_to(own_valkey.port, tls=authority.server("localhost")).port
    url = f"rediss://localhost:{port}"
    known = f"?ssl_ca_certs={authority.path}"
    check(connect(url + known))
    for wrong in (url, url.replace("localhost", "127.0.0.1") + known):
        with pytest.raises(StoreUnavailableError, match="cannot be reached"):
            check(connect(wrong))
