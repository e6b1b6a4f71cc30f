"""PostgreSQL behind a pooler in transaction mode: limits in each transaction, and nothing left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest
from psycopg2 import extensions

from jwt_auth_core.database.postgres import PostgresDatabase, Timeouts
from jwt_auth_core.database.statement import scan
from jwt_auth_core.errors import QueryError, StoreUnavailableError
from jwt_auth_core.steps import run
from tests.databases import with_parameter
from tests.end_to_end.serving import until
from tests.end_to_end.site import serving, settings
from tests.servers.pooler import StandIn, pgbouncer, pgbouncer_binary
from tests.servers.postgres import execute

pytestmark = pytest.mark.servers

HURRIED = Timeouts(statement_seconds=0.3, lock_seconds=0.1, idle_transaction_seconds=7)
SETTING = "SELECT current_setting(%s) AS it"
LEFT = """
    SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),
        current_setting('idle_in_transaction_session_timeout'), current_setting('search_path'),
        (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_listening_channels()),
        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')"""
REAL = pytest.mark.skipif(pgbouncer_binary() is None, reason="there is no pgbouncer on this machine")
KINDS = [
    "stand-in that refuses",
    "stand-in that drops",
    pytest.param("pgbouncer that refuses", marks=REAL),
    pytest.param("pgbouncer that drops", marks=REAL),
]


@pytest.fixture(params=KINDS)
def pooled_url(request, postgres_url) -> Iterator[str]:
    """Return the URL of a new database behind a pooler that refuses start-up options, or drops them."""
    ignores_options = request.param.endswith("drops")
    if request.param.startswith("pgbouncer"):
        with pgbouncer(postgres_url, ignores_options=ignores_options) as url:
            yield url
    else:
        with closing(StandIn(postgres_url, ignores_options=ignores_options)) as pooler:
            yield pooler.url


@pytest.fixture
def db(pooled_url) -> Iterator[PostgresDatabase]:
    """Return the database behind the pooler, with short limits."""
    with closing(PostgresDatabase(pooled_url, pool_size=2, timeouts=HURRIED)) as database:
        yield database


EXPECTED = {
    "statement_timeout": "300ms",
    "lock_timeout": "100ms",
    "idle_in_transaction_session_timeout": "7s",
    "standard_conforming_strings": "on",
    "client_encoding": "UTF8",
}


def test_every_transaction_has_its_limits(db):
    """By itself, in a transaction, in a savepoint and in steps: the server's timeouts are in force."""
    # SQL-5
    assert {name: db.query(SETTING, (name,), fetch="one")["it"] for name in EXPECTED} == EXPECTED
    with db.transaction():
        assert {name: db.query(SETTING, (name,), fetch="one")["it"] for name in EXPECTED} == EXPECTED
        with db.transaction():
            assert db.query(SETTING, ("lock_timeout",), fetch="one") == {"it": "100ms"}
    outcome = run(db.running(scan(SETTING, "postgres"), ("statement_timeout",)))
    assert outcome.rows == [("300ms",)]


def test_the_server_ends_what_takes_too_long(db):
    """A slow statement ends by the server's own timeout, and the connection goes on."""
    # F-17
    with pytest.raises(StoreUnavailableError, match="took too long for the statement"):
        db.query("SELECT pg_sleep(20)")
    with pytest.raises(StoreUnavailableError, match="took too long for the statement"), db.transaction():
        db.query("SELECT pg_sleep(20)")
    assert db.query("SELECT 1 AS a", fetch="one") == {"a": 1}


def test_nothing_is_left_on_a_pooled_connection(db, pooled_url):
    """Whoever has the server's connection next finds it as it came from the server."""
    with closing(psycopg2.connect(pooled_url)) as plain, plain.cursor() as cursor:
        plain.autocommit = True
        cursor.execute(LEFT)
        before = cursor.fetchall()
        db.query("CREATE TABLE a (b INT)")
        with db.transaction():
            db.query("INSERT INTO a VALUES (%s)", (1,))
        with pytest.raises(QueryError):
            db.query("SELECT 1 / 0")
        cursor.execute(LEFT)
        assert cursor.fetchall() == before


def test_counts_and_rows_are_those_of_the_statement(db):
    """What is said before a statement is in none of its answers; a percent sign stays one."""
    db.query("CREATE TABLE a (b TEXT)")
    assert db.query("INSERT INTO a SELECT 'x' FROM generate_series(1, 3)") == 3
    assert db.query("UPDATE a SET b = %s", ("50%",)) == 3
    assert db.query("SELECT DISTINCT b, '%%' AS c FROM a", fetch="all") == [{"b": "50%", "c": "%"}]
    assert db.query("DELETE FROM a RETURNING b", fetch="one") == {"b": "50%"}


def test_a_transaction_is_all_or_nothing(db):
    """BEGIN, COMMIT and ROLLBACK keep their meaning behind a pooler."""
    db.query("CREATE TABLE a (b INT)")
    with pytest.raises(QueryError), db.transaction():  # noqa: PT012
        db.query("INSERT INTO a VALUES (1)")
        db.query("SELECT 1 / 0")
    with db.transaction():
        db.query("INSERT INTO a VALUES (2)")
    assert db.query("SELECT b FROM a", fetch="all") == [{"b": 2}]


def test_the_options_of_the_url_hold_too(pooled_url):
    """What the URL sets by ``options`` is in force in each transaction, and wins."""
    options = r"-c statement_timeout=7s --work-mem=1MB -csearch_path=it's,\ pg_catalog -c x.percent=5%"
    with closing(PostgresDatabase(with_parameter(pooled_url, "options", options))) as db:
        names = ("statement_timeout", "work_mem", "search_path", "x.percent", "lock_timeout")
        found = [db.query(SETTING, (name,), fetch="one")["it"] for name in names]
    assert found == ["7s", "1MB", "it's, pg_catalog", "5%", "2s"]


@pytest.mark.parametrize(("name", "text"), [("PGOPTIONS", "-c work_mem=1MB"), ("PGSERVICE", "ours")])
def test_options_from_elsewhere_hold_too(pooled_url, monkeypatch, tmp_path, name, text):
    """A pooler that refuses those of a variable or of a service is not sent them once more by libpq."""
    (tmp_path / "services").write_text("[ours]\noptions=-c work_mem=1MB\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setenv(name, text)
    with closing(PostgresDatabase(pooled_url)) as db:
        assert db.query(SETTING, ("work_mem",), fetch="one") == {"it": "1MB"}


def test_a_long_transaction_has_its_time_here_too(db):
    """What a migration does is not ended by the limits that each transaction is given."""
    with db.long_transaction() as long:
        long.query("SELECT pg_sleep(0.5)")
        assert long.query(SETTING, ("lock_timeout",), fetch="one") == {"it": "100ms"}
    assert db.query(SETTING, ("statement_timeout",), fetch="one") == {"it": "300ms"}


def test_a_refusal_of_options_is_remembered(postgres_url):
    """The first connection learns that there are no options; the next ones do not ask again."""
    with closing(StandIn(postgres_url)) as pooler, closing(PostgresDatabase(pooler.url)) as db:
        db.query("SELECT 1")
        assert pooler.connections == 2
        db.pool.drop_idle()
        db.query("SELECT 1")
        assert pooler.connections == 3


def test_a_server_of_our_own_is_told_once(postgres_url):
    """Where the session itself has its limits, statements go as they are."""
    with closing(PostgresDatabase(postgres_url)) as db:
        db.query("SELECT 1")
        (connection,) = db.pool.stats().idle
        assert connection.local == ""


def test_what_is_no_setting_stays_an_option(postgres_url):
    """Words that only the pooler understands, such as the name of an endpoint, are sent to it alone."""
    with closing(StandIn(postgres_url, ignores_options=True)) as pooler:
        url = with_parameter(pooler.url, "options", r"endpoint=quiet\ river -c work_mem=1MB")
        with closing(PostgresDatabase(url)) as db:
            assert db.query(SETTING, ("work_mem",), fetch="one") == {"it": "1MB"}


OFF = "standard_conforming_strings=off"


def test_strings_conform_whatever_the_options_say(pooled_url):
    """An option of the URL does not let a backslash end a quote unseen."""
    # SQL-2
    with (
        closing(PostgresDatabase(with_parameter(pooled_url, "options", f"-c {OFF}"))) as db,
        db.transaction(),
    ):
        assert db.query(SETTING, ("standard_conforming_strings",), fetch="one") == {"it": "on"}


@pytest.mark.parametrize("options", ["", f"-c {OFF}"])
def test_nothing_is_asked_where_strings_do_not_conform(postgres_url, options):
    """Where a backslash could end a quote unseen, there is no connection."""
    # SQL-2
    with closing(StandIn(postgres_url)) as pooler:
        name = extensions.parse_dsn(postgres_url)["dbname"]
        execute(postgres_url, f"ALTER DATABASE {name} SET {OFF}")
        url = with_parameter(postgres_url, "options", options) if options else pooler.url
        with (
            closing(PostgresDatabase(url)) as db,
            pytest.raises(StoreUnavailableError, match="standard_conforming_strings is off, and must"),
        ):
            db.query("SELECT 1")


@pytest.mark.slow
def test_the_documented_way_behind_a_pooler(pooled_url):
    """Register, log in, refresh, log out, and be refused: sessions and their feed in the pooled database."""
    with serving(settings(DATABASE_URL=pooled_url)) as site:
        visitor = site.member()
        stale = visitor.access
        assert visitor.refresh().status_code == 200
        assert visitor.logout().status_code == 200
        until(lambda: visitor.topics(stale).status_code == 401)
        assert visitor.refresh().status_code == 401
