"""What is PostgreSQL's alone: its limits, its pool on a real server, its types."""

from __future__ import annotations

import gc
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing

import pytest
from psycopg2 import extensions

from jwt_auth_core.database.postgres import PostgresDatabase, Timeouts
from jwt_auth_core.errors import (
    InvalidValueError,
    QueryError,
    StoreUnavailableError,
)
from tests.databases import with_parameter
from tests.processes import in_children
from tests.servers.postgres import execute

PID = "SELECT pg_backend_pid() AS pid"
MINE = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"


@pytest.fixture
def db(postgres_url) -> Iterator[PostgresDatabase]:
    """Return an empty database behind a pool of two connections."""
    database = PostgresDatabase(postgres_url, pool_size=2, wait_seconds=0.05)
    yield database
    database.close()


@pytest.mark.servers
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("statement_timeout", "5s"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("standard_conforming_strings", "on"),
        ("client_encoding", "UTF8"),
        ("application_name", "jwt-auth"),
    ],
)
def test_every_connection_has_its_limits(db, name, value):
    """The server itself ends what takes too long, from the first statement on."""
    # SQL-5
    assert db.query("SELECT current_setting(%s) AS it", (name,), fetch="one") == {"it": value}


@pytest.mark.servers
def test_the_url_may_set_more(postgres_url):
    """Options of the URL come after ours, and win."""
    url = with_parameter(postgres_url, "options", "-c statement_timeout=7s -c work_mem=1MB")
    with closing(PostgresDatabase(url)) as db:
        sql = "SELECT current_setting('statement_timeout') AS a, current_setting('work_mem') AS b"
        assert db.query(sql, fetch="one") == {"a": "7s", "b": "1MB"}


@pytest.mark.servers
def test_connections_stay_open(db):
    """One connection serves call after call."""
    assert len({db.query(PID, fetch="one")["pid"] for _ in range(5)}) == 1


@pytest.mark.servers
def test_all_connections_in_use(db):
    """With every connection out a call waits to its deadline, then says so (F-15)."""
    # F-15
    inside, done = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        with db.transaction():
            inside.release()
            done.wait()

    threads = [threading.Thread(target=hold) for _ in range(2)]
    for thread in threads:
        thread.start()
        inside.acquire()
    with pytest.raises(StoreUnavailableError, match="all 2 connections in use"):
        db.query(PID)
    done.set()
    for thread in threads:
        thread.join()
    assert db.query(PID) == 1


@pytest.mark.servers
def test_many_callers_share_few_connections(postgres_url):
    """Sixty threads on two connections are all served: nobody is overtaken until its deadline (F-15)."""
    # F-15
    served: list[int] = []
    with closing(PostgresDatabase(postgres_url, pool_size=2)) as db:

        def ask() -> None:
            served.extend(db.query("SELECT pg_sleep(0.001)") for _ in range(5))

        threads = [threading.Thread(target=ask) for _ in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(served) == 300
        assert db.query(MINE, fetch="one")["n"] <= 2


@pytest.mark.servers
def test_a_read_only_server(postgres_url):
    """On a replica writes are refused as unavailable, reads are served (F-16)."""
    # F-16
    with closing(
        PostgresDatabase(with_parameter(postgres_url, "options", "-c default_transaction_read_only=on"))
    ) as db:
        with pytest.raises(StoreUnavailableError, match="is read-only"):
            db.query("CREATE TABLE a (b INT)")
        assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}


@pytest.mark.servers
def test_a_slow_statement_and_a_held_lock(db, postgres_url):
    """Either ends by the server's own timeout, and leaves no connection behind (F-17)."""
    # F-17
    db.query("CREATE TABLE a (b INT)")
    timeouts = Timeouts(statement_seconds=0.2, lock_seconds=0.05)
    with closing(PostgresDatabase(postgres_url, timeouts=timeouts)) as hurried:
        with pytest.raises(StoreUnavailableError, match="took too long for the statement"):
            hurried.query("SELECT pg_sleep(5)")
        with db.transaction():
            db.query("LOCK TABLE a")
            with pytest.raises(StoreUnavailableError, match="waited too long for a lock"):
                hurried.query("INSERT INTO a VALUES (1)")
        assert hurried.query(MINE, fetch="one") == {"n": 2}


@pytest.mark.servers
def test_a_connection_that_the_server_ended(db, postgres_url):
    """An idle connection that is gone is replaced, and the call does not notice (F-14)."""
    # F-14
    first = db.query(PID, fetch="one")["pid"]
    terminate(postgres_url, first)
    assert db.query(PID, fetch="one")["pid"] != first


@pytest.mark.servers
def test_a_connection_that_ends_inside_a_transaction(db, postgres_url):
    """There the call fails, nothing is kept, and the next transaction has another connection (F-14)."""
    # F-14
    db.query("CREATE TABLE a (b INT)")
    with pytest.raises(StoreUnavailableError, match="lost the connection"), db.transaction():  # noqa: PT012
        db.query("INSERT INTO a VALUES (1)")
        terminate(postgres_url, db.query(PID, fetch="one")["pid"])
        db.query("INSERT INTO a VALUES (2)")
    with db.transaction():
        assert db.query("SELECT * FROM a", fetch="all") == []


def terminate(url: str, pid: int) -> None:
    """End a server process, and wait until it is gone."""
    execute(url, f"SELECT pg_terminate_backend({pid}, 5000)")


FLAKY = """
    CREATE FUNCTION flaky(succeed_at BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
    DECLARE turn BIGINT := nextval('turns');
    BEGIN
        IF turn < succeed_at THEN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END IF;
        RETURN turn;
    END $$
"""


@pytest.fixture
def flaky(db) -> PostgresDatabase:
    """Return a database in which ``flaky(n)`` fails with 40001 before its n-th call."""
    db.query("CREATE SEQUENCE turns")
    db.query(FLAKY)
    return db


@pytest.mark.servers
def test_a_lost_conflict_is_tried_again(flaky):
    """A statement by itself that the server undid is repeated, three times in all (F-14)."""
    # F-14
    assert flaky.query("SELECT flaky(3) AS turn", fetch="one") == {"turn": 3}
    with pytest.raises(StoreUnavailableError, match="undid the transaction"):
        flaky.query("SELECT flaky(7)")
    assert flaky.query("SELECT nextval('turns') AS turn", fetch="one") == {"turn": 7}


@pytest.mark.servers
def test_a_transaction_is_not_repeated_by_halves(flaky):
    """Inside a transaction nothing is repeated: only who began it can begin again."""
    with pytest.raises(StoreUnavailableError), flaky.transaction():
        flaky.query("SELECT flaky(9)")
    assert flaky.query("SELECT nextval('turns') AS turn", fetch="one") == {"turn": 2}


@pytest.mark.servers
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_has_connections_of_its_own(db):
    """A child shares no socket with its parent, whose connection goes on (F-28)."""
    # F-28
    parents = db.query(PID, fetch="one")["pid"]

    def work(_: int) -> None:
        assert db.query(PID, fetch="one")["pid"] != parents
        db.close()

    assert in_children(2, work) == [0, 0]
    assert db.query(PID, fetch="one")["pid"] == parents


@pytest.mark.servers
def test_a_uuid_is_text_whatever_the_application_registered(db):
    """A UUID comes back in its canonical text, also after psycopg2.extras.register_uuid()."""
    theirs = extensions.new_type((2950,), "THEIRS", lambda *_: "theirs")
    extensions.register_type(theirs)
    try:
        sql = "SELECT CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uuid) AS it"
        assert db.query(sql, fetch="one") == {"it": "6f9619ff-8b86-d011-b42d-00c04fc964ff"}
    finally:
        del extensions.string_types[2950]


@pytest.mark.servers
def test_lists_and_tuples(db):
    """A list is an array, for ANY; a tuple is what follows IN."""
    sql = "SELECT %s = ANY(%s) AS a, %s IN %s AS b"
    assert db.query(sql, (1, [1, 2], 3, (1, 2)), fetch="one") == {"a": True, "b": False}


@pytest.mark.servers
def test_a_value_that_python_cannot_hold(db):
    """A date beyond the year 9999 is an error of ours, and the connection goes on."""
    with pytest.raises(InvalidValueError, match="no form in Python"):
        db.query("SELECT DATE '20000-01-01' AS it", fetch="one")
    assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}


@pytest.mark.servers
def test_no_value_is_left_in_a_traceback(db):
    """The server quotes whole rows in its errors; none of that reaches a log (LOG-1)."""
    # LOG-1
    db.query("CREATE TABLE a (b TEXT NOT NULL, c INT CHECK (c > 0), d TEXT UNIQUE)")
    for values in [
        ("a secret row", -1, "x"),
        (None, 1, "a secret row"),
        ("a secret row", "a secret row", "x"),
    ]:
        with pytest.raises(QueryError) as caught:
            db.query("INSERT INTO a VALUES (%s, %s, %s)", values)
        assert "a secret row" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.servers
def test_closing_leaves_nothing_open(postgres_url):
    """After ``close`` the server has no connection of ours left."""
    db = PostgresDatabase(postgres_url)
    db.query("SELECT 1")
    db.close()
    del db
    gc.collect()
    with closing(PostgresDatabase(postgres_url)) as other:
        assert other.query(MINE, fetch="one") == {"n": 1}
