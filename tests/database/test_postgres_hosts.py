"""The way to one of several PostgreSQL servers: hosts and addresses one by one, each with its time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest
from psycopg2 import extensions

from jwt_auth_core.database.postgres import PostgresDatabase, Timeouts
from jwt_auth_core.database.postgres_session import DEFAULT_TIMEOUTS
from jwt_auth_core.errors import StoreUnavailableError
from tests.servers.authority import Authority
from tests.servers.pooler import StandIn
from tests.servers.postgres import execute

pytestmark = pytest.mark.servers

HURRIED = Timeouts(connect_seconds=0.05)
READ_ONLY = "SHOW transaction_read_only"


@pytest.fixture
def silent() -> Iterator[int]:
    """Return the port of a server that accepts and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def sleeping(postgres_url) -> Iterator[StandIn]:
    """Return a server that says nothing until a test wakes it."""
    with closing(StandIn(postgres_url)) as server:
        server.awake.clear()
        yield server
        server.awake.set()


def url_of(postgres_url, hosts, ports, **more) -> str:
    """Return the URL of one database on several servers."""
    parts = extensions.parse_dsn(postgres_url)
    words = {"host": ",".join(hosts), "port": ",".join(map(str, ports)), **more}
    query = "&".join(f"{name}={quote(str(text))}" for name, text in words.items())
    return f"postgresql://{parts['user']}@/{parts['dbname']}?{query}"


def directory(postgres_url) -> str:
    """Return where the socket of the suite's server is."""
    return extensions.parse_dsn(postgres_url).get("host", "localhost")


def test_a_sleeping_database_is_waited_for(sleeping):
    """``connect_timeout`` of the URL counts, not our own limit."""
    threading.Timer(0.5, sleeping.awake.set).start()
    with closing(PostgresDatabase(f"{sleeping.url}?connect_timeout=30", timeouts=HURRIED)) as db:
        assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}


def test_the_variable_counts_where_the_url_is_silent(sleeping, monkeypatch):
    """``PGCONNECT_TIMEOUT`` counts as it does for every client of libpq."""
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "30")
    threading.Timer(0.5, sleeping.awake.set).start()
    with closing(PostgresDatabase(sleeping.url, timeouts=HURRIED)) as db:
        assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}


def test_three_seconds_are_waited_by_default():
    """Nobody has to set a timeout for a database that takes three seconds to wake."""
    assert DEFAULT_TIMEOUTS.connect_seconds > 3


def test_a_limit_that_is_over(silent):
    """The error names the place and the limit."""
    db = PostgresDatabase(f"postgresql://u@127.0.0.1:{silent}/d?connect_timeout=1")
    with pytest.raises(StoreUnavailableError, match=rf"at 127\.0\.0\.1:{silent}: did not .* 1 seconds"):
        db.query("SELECT 1")


def test_a_silent_host_costs_its_time_and_the_next_one_is_tried(postgres_url, silent):
    """The limit is for each host: one that says nothing leaves the others theirs."""
    url = url_of(postgres_url, ["127.0.0.1", directory(postgres_url)], [silent, 5432], connect_timeout=1)
    with closing(PostgresDatabase(url)) as db:
        assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}


def test_a_host_that_refuses_is_passed_by(postgres_url):
    """So does one that is not there, and one whose name leads nowhere."""
    hosts = ["127.0.0.1", "nowhere.invalid", directory(postgres_url)]
    with closing(PostgresDatabase(url_of(postgres_url, hosts, [1, 5432, 5432]))) as db:
        assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}


def test_when_nobody_answers_each_is_named():
    """One error has every place, and what was wrong with it."""
    url = "postgresql://u@127.0.0.1:1,nowhere.invalid:2/d"
    pattern = r"cannot be reached at 127\.0\.0\.1:1, nowhere\.invalid:2: .*refused.*; could not translate"
    with closing(PostgresDatabase(url)) as db, pytest.raises(StoreUnavailableError, match=pattern):
        db.query("SELECT 1")


@pytest.fixture
def service(tmp_path, monkeypatch, postgres_url):
    """Return what writes a service file with some words about the suite's server."""
    parts = extensions.parse_dsn(postgres_url)
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "pg_service.conf"))

    def write(**words: str) -> None:
        lines = [f"{name}={text}" for name, text in {**parts, **words}.items()]
        (tmp_path / "pg_service.conf").write_text("\n".join(["[shop]", *lines]))

    return write


def test_a_service_of_libpq(service):
    """Everything that the URL does not say is read from the file, ``options`` too."""
    service(options="-c geqo=off")
    for options, shown in (("", "off"), ("&options=-c%20geqo%3Don", "on")):
        with closing(PostgresDatabase(f"postgresql:///?service=shop{options}")) as db:
            assert db.query("SHOW geqo", fetch="one") == {"geqo": shown}


@pytest.mark.usefixtures("service")
def test_a_service_that_is_nowhere():
    """The error names it, and says what libpq says."""
    with (
        closing(PostgresDatabase("postgresql:///?service=none")) as db,
        pytest.raises(StoreUnavailableError, match=r'at service none: service file "\S+" not found'),
    ):
        db.query("SELECT 1")


@pytest.fixture
def names(monkeypatch) -> dict[str, list[str]]:
    """Return the addresses that names lead to in this test; libpq itself knows none of them."""
    known: dict[str, list[str]] = {}
    system = socket.getaddrinfo

    def look_up(host, *arguments, **named):
        if host in known:
            kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
            return [(*kind, (address, 0)) for address in known[host]]
        return system(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def test_every_address_of_a_host_is_tried(postgres_url, names):
    """A name that leads to a dead address and to a living one leads to the living one."""
    names["db.invalid"] = ["127.0.0.2", "127.0.0.1"]
    with closing(StandIn(postgres_url)) as server:
        url = server.url.replace("127.0.0.1", "db.invalid")
        with closing(PostgresDatabase(url)) as db:
            assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}


def test_tls_still_checks_the_name(postgres_url, names, tmp_path):
    """The address is found here; the certificate must be that of the name."""
    names.update({"db.invalid": ["127.0.0.1"], "other.invalid": ["127.0.0.1"]})
    authority = Authority(tmp_path)
    with closing(StandIn(postgres_url, tls=authority.server("db.invalid"))) as server:
        url = f"{server.url}?sslmode=verify-full&sslrootcert={authority.path}"
        with closing(PostgresDatabase(url.replace("127.0.0.1", "db.invalid"))) as db:
            assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}
        wrong = PostgresDatabase(url.replace("127.0.0.1", "other.invalid"))
        with closing(wrong), pytest.raises(StoreUnavailableError, match="does not match host name"):
            wrong.query("SELECT 1")


def test_a_slow_name_server_has_a_limit(monkeypatch):
    """The look-up is given up after the time to connect, and callers of one name share it."""
    asked, answer = [], threading.Event()

    def slow(host, *_, **__):
        asked.append(host)
        answer.wait()
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with closing(PostgresDatabase("postgresql://u@db.invalid/d", timeouts=HURRIED)) as db:
        for _ in range(3):
            with pytest.raises(StoreUnavailableError, match=r"db\.invalid:5432: the address .* not found"):
                db.query("SELECT 1")
    answer.set()
    assert asked == ["db.invalid"]


@pytest.fixture
def two_roles(postgres_server, postgres_url) -> Iterator[str]:
    """Return the URL of a replica and a primary, in this order."""
    name = extensions.parse_dsn(postgres_url)["dbname"]
    execute(postgres_url, f"CREATE ROLE replica_{name} LOGIN SUPERUSER")
    execute(postgres_url, f"ALTER ROLE replica_{name} SET default_transaction_read_only = on")
    with closing(StandIn(postgres_url)) as primary, closing(StandIn(postgres_url)) as replica:
        replica.user = f"replica_{name}"
        yield url_of(postgres_url, ["127.0.0.1", "127.0.0.1"], [replica.port, primary.port])
    execute(postgres_server, f"DROP ROLE replica_{name}")


@pytest.mark.parametrize(
    ("words", "read_only"),
    [("", "off"), ("&target_session_attrs=any", "on"), ("&target_session_attrs=read-only", "on")],
)
def test_of_several_hosts_the_one_that_takes_writes(two_roles, words, read_only):
    """Unless the URL says otherwise, the connection leads to the primary."""
    with closing(PostgresDatabase(two_roles + words)) as db:
        assert db.query(READ_ONLY, fetch="one") == {"transaction_read_only": read_only}


@pytest.mark.parametrize(("words", "served"), [("", True), ("&target_session_attrs=read-write", False)])
def test_where_no_host_takes_writes(two_roles, postgres_url, words, served):
    """A replica is better than nothing, unless the URL says otherwise."""
    name = extensions.parse_dsn(postgres_url)["dbname"]
    execute(postgres_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with closing(PostgresDatabase(two_roles + words)) as db:
        if served:
            assert db.query(READ_ONLY, fetch="one") == {"transaction_read_only": "on"}
        else:
            with pytest.raises(StoreUnavailableError, match="session is read-only"):
                db.query(READ_ONLY)


def test_hosts_in_any_order(postgres_url):
    """``load_balance_hosts=random`` spreads connections over the hosts."""
    with closing(StandIn(postgres_url)) as one, closing(StandIn(postgres_url)) as other:
        url = url_of(postgres_url, ["127.0.0.1"] * 2, [one.port, other.port], load_balance_hosts="random")
        with closing(PostgresDatabase(url)) as db:
            for _ in range(100):
                db.query("SELECT 1")
                db.pool.drop_idle()
                if one.connections and other.connections:
                    break
        assert one.connections
        assert other.connections


@pytest.mark.parametrize("host", ["", "nowhere.invalid"])
def test_the_host_of_a_service_is_looked_up_by_us(service, names, postgres_url, host):
    """In a thread and with a limit, wherever it stands; libpq knows no such host."""
    with closing(StandIn(postgres_url)) as server:
        names["nowhere.invalid"] = ["127.0.0.1"]
        service(host="nowhere.invalid", port=str(server.port))
        with closing(PostgresDatabase(f"postgresql://{host}/?service=shop")) as db:
            assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}


def test_each_host_of_a_service_is_a_place(service, sleeping):
    """Of a list, too, one that says nothing is left after its time, and the next one tried."""
    service(host="127.0.0.1,127.0.0.1", port=f"{sleeping.port},1", hostaddr="")
    with (
        closing(PostgresDatabase("postgresql:///?service=shop", timeouts=HURRIED)) as db,
        pytest.raises(StoreUnavailableError, match=rf"127\.0\.0\.1:{sleeping.port}, 127\.0\.0\.1:1: did not"),
    ):
        db.query("SELECT 1")


@pytest.mark.usefixtures("names")
def test_the_host_of_a_service_that_only_libpq_finds(service):
    """It looks the host up itself; the error names the service."""
    service(**{"ldap://127.0.0.1:1/x?y?one?z": "1", "host": "nowhere.invalid"})
    with (
        closing(PostgresDatabase("postgresql:///?service=shop")) as db,
        pytest.raises(StoreUnavailableError, match="at service shop: could not translate host name"),
    ):
        db.query("SELECT 1")
