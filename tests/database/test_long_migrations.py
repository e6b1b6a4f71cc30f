"""A migration takes as long as its tables are big; whoever migrates at the same time waits for it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, suppress

import pytest

from jwt_auth_core.database import schema
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.postgres_session import Timeouts
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate, pending
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import StoreUnavailableError
from tests.databases import SHARED, with_parameter

SLOW = {
    "postgres": "SELECT pg_sleep(1)",
    "sqlite": """
        CREATE TABLE slow AS
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)
        SELECT count(*) AS counted FROM n
    """,
}
HURRIED = Timeouts(statement_seconds=0.2, lock_seconds=0.1, grace_seconds=0.1)
INDEXES = ("0022_audit_of_user", "0029_directory", "0033_audit_counts")
COLUMNS = ("0034_sessions_of_all",)

Open = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(params=SHARED)
def opening(request: pytest.FixtureRequest, tmp_path) -> Open:
    """Return what opens one database, as a worker of its own would, whose requests are given up soon."""
    if request.param == "sqlite":
        return lambda: closing(SqliteDatabase(tmp_path / "test.sqlite3", wait_seconds=0.05))
    url = request.getfixturevalue("postgres_url")
    return lambda: closing(PostgresDatabase(url, timeouts=HURRIED))


@pytest.fixture
def db(opening: Open) -> Iterator[Database]:
    """Return a database without tables."""
    with opening() as database:
        yield database


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the schema one more file, which takes longer than a request would wait."""
    name, names, text = "9000_slow", schema._names, schema._text
    monkeypatch.setattr(schema, "_names", lambda dialect: [*names(dialect), name])
    monkeypatch.setattr(
        schema, "_text", lambda asked, dialect: SLOW[dialect] if asked == name else text(asked, dialect)
    )
    return name


def test_a_migration_takes_as_long_as_it_needs(db, slow):
    """No limit of a request ends it."""
    # SQL-6
    assert (migrate(db)[-1], pending(db)) == (slow, [])


def test_of_two_at_once_the_second_waits_for_a_slow_first(opening, slow):
    """However much longer that takes than a request may wait for a lock."""
    # SQL-6
    applied: list[list[str]] = []

    def start() -> None:
        with opening() as database:
            applied.append(migrate(database))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(names[-1:] for names in applied) == [[], [slow]]


@pytest.mark.servers
def test_the_options_of_the_url_do_not_end_a_migration(postgres_url, slow):
    """An operator who limits the statements of the application migrates by the same URL."""
    url = with_parameter(postgres_url, "options", "-c statement_timeout=200ms")
    with closing(PostgresDatabase(url)) as db:
        assert (migrate(db)[-1], pending(db)) == (slow, [])


@pytest.mark.servers
def test_a_migration_waits_for_a_table_as_briefly_as_ever(postgres_url):
    """Whoever wants the table after it waits behind it, so there it gives up soon."""
    with closing(PostgresDatabase(postgres_url, timeouts=HURRIED)) as db:
        migrate(db)
        db.query("DELETE FROM auth_migrations WHERE name = '0033_audit_counts'")
        with closing(PostgresDatabase(postgres_url)) as writer, writer.transaction():
            writer.query("LOCK TABLE auth_audit IN ROW EXCLUSIVE MODE")
            with pytest.raises(StoreUnavailableError, match="waited too long for a lock"):
                migrate(db)
        assert migrate(db) == ["0033_audit_counts"]


@pytest.mark.servers
def test_a_migration_inside_a_transaction_is_part_of_it(postgres_url):
    """What its caller undoes, is undone."""
    with closing(PostgresDatabase(postgres_url)) as db:
        with suppress(ZeroDivisionError), db.transaction():
            migrate(db)
            _ = 1 / 0
        assert pending(db) == schema._names("postgres")


def test_indexes_that_were_built_beforehand_are_taken(db):
    """An operator may build those of a big table while requests are served."""
    migrate(db)
    for name in INDEXES:
        db.query("DELETE FROM auth_migrations WHERE name = %s", (name,))
    if db.dialect == "postgres":
        db.query("CREATE INDEX auth_user_roles_role ON auth_user_roles (role)")
    assert migrate(db) == list(INDEXES)


@pytest.mark.servers
def test_a_column_that_was_added_beforehand_is_taken(postgres_url):
    """With the indexes that it is in."""
    with closing(PostgresDatabase(postgres_url)) as db:
        migrate(db)
        for name in COLUMNS:
            db.query("DELETE FROM auth_migrations WHERE name = %s", (name,))
        assert migrate(db) == list(COLUMNS)


def test_a_file_that_stays_locked_is_given_up_in_the_end(tmp_path, monkeypatch):
    """A writer that never ends is told of, after an hour."""
    path = tmp_path / "test.sqlite3"
    with closing(SqliteDatabase(path, wait_seconds=0)) as db, closing(sqlite3.connect(path)) as holder:
        pending(db)  # opens it, which has a limit of its own
        holder.execute("BEGIN IMMEDIATE")
        hours = iter([0, 10, 3600])
        monkeypatch.setattr(time, "monotonic", lambda: next(hours))
        with pytest.raises(StoreUnavailableError, match="locked by another writer"):
            migrate(db)
        assert list(hours) == []


def test_only_a_lock_is_waited_for(tmp_path):
    """What no waiting helps is told at once."""
    db = SqliteDatabase(tmp_path / "test.sqlite3")
    db.close()
    with pytest.raises(StoreUnavailableError, match="was closed"), db.long_transaction():
        pass
