"""The schema: created once, by whoever comes first, beside tables that were there before."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from jwt_auth_core.database import schema
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate, pending
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import QueryError
from jwt_auth_core.users.adoption.adoption import Adoption, adopt
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from jwt_auth_core.vocabulary import Email, SessionId
from tests.databases import DATABASES, SHARED, opened, with_parameter
from tests.processes import in_children
from tests.servers.postgres import execute

DOCUMENTED = """
    CREATE TABLE users (
        user_id UUID PRIMARY KEY, email TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL,
        first_name TEXT NOT NULL, last_name TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
    )
"""
CREATES = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")
COLUMNS = ["user_id", "email", "password_hash", "first_name", "last_name", "created_at"]


@pytest.fixture(params=DATABASES)
def db(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    """Return a database without tables."""
    with opened(request.param, request, tmp_path) as database:
        yield database


def test_migrate_creates_what_is_pending(db):
    """An empty database gets every table; the names of the files are returned."""
    names = pending(db)
    assert names[0] == "0001_users"
    assert names == sorted(names)
    assert (migrate(db), pending(db)) == (names, [])


def test_migrate_may_be_repeated(db):
    """The second time there is nothing to do."""
    # SQL-6
    migrate(db)
    assert migrate(db) == []


def test_what_was_applied_is_recorded(db):
    """Each file is recorded with its time, in seconds of the database's own clock."""
    names = migrate(db)
    rows = db.query("SELECT name, applied_at FROM auth_migrations ORDER BY name", fetch="all")
    assert [row["name"] for row in rows] == names
    assert all(row["applied_at"] > 1_700_000_000 for row in rows)


def test_a_new_users_table_is_the_documented_one(db):
    """The table that we make has the columns of the documented one, in its order."""
    migrate(db)
    db.query(
        "INSERT INTO users VALUES (%s, 'a@b.c', 'h', 'A', 'B', NULL)",
        ("0" * 8 + "-0000" * 3 + "-" + "0" * 12,),
    )
    assert list(db.query("SELECT * FROM users", fetch="one").keys()) == COLUMNS


def test_the_documented_users_table_is_adopted_untouched(db):
    """An existing table keeps its rows and its columns."""
    db.query(DOCUMENTED)
    user_id = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
    db.query("INSERT INTO users VALUES (%s, 'Ada@Example.com', 'h', 'A', 'L', '2020-01-02')", (user_id,))
    before = db.query("SELECT * FROM users", fetch="all")
    migrate(db)
    assert db.query("SELECT * FROM users", fetch="all") == before


def test_a_failed_migration_leaves_nothing(db, monkeypatch):
    """When a file fails none of its tables is kept, nor the record; the next try starts anew."""
    # SQL-6
    text = schema._text
    with monkeypatch.context() as patch:
        patch.setattr(schema, "_text", lambda *names: text(*names) + "; CREATE TABLE users (broken INT)")
        with pytest.raises(QueryError):
            migrate(db)
    assert pending(db)[0] == "0001_users"
    assert migrate(db)[0] == "0001_users"


@pytest.fixture
def older(db, monkeypatch):
    """Return a database as it was before cut-offs were numbered."""
    names = schema._names
    with monkeypatch.context() as patch:
        patch.setattr(
            schema, "_names", lambda dialect: [name for name in names(dialect) if not name.startswith("0006")]
        )
        migrate(db)
    return db


def test_cut_offs_that_ran_ahead_are_called_back(older):
    """A burst of "log out everywhere" had moved them into the future; others stay as they are."""
    # RF-11
    for number, valid_after in enumerate([2**40, 1_700_000_000, None]):
        user_id, email = f"{number:08}-0000-4000-8000-000000000000", f"{number}@b.c"
        older.query("INSERT INTO users VALUES (%s, %s, 'h', 'A', 'B', NULL)", (user_id, email))
        # Its account is there by the trigger on users.
        older.query(
            "UPDATE auth_accounts SET sessions_valid_after = %s WHERE user_id = %s", (valid_after, user_id)
        )
    migrate(older)
    found = [SqlUsers(older).find_by_email(Email(f"{number}@b.c")) for number in range(3)]
    assert [user.session_version for user in found] == [0, 0, 0]
    assert found[0].sessions_valid_after <= time.time() + 5
    assert [user.sessions_valid_after for user in found[1:]] == [1_700_000_000, None]


def test_both_dialects_have_the_same_files_and_tables():
    """No file is forgotten for one of the databases."""
    assert schema._names("sqlite") == schema._names("postgres")
    for name in schema._names("sqlite"):
        texts = [schema._text(name, dialect) for dialect in ("sqlite", "postgres")]
        assert CREATES.findall(texts[0]) == CREATES.findall(texts[1])


def test_a_file_that_only_alters_is_pending_too(db, monkeypatch):
    """What counts is which files were applied, not which tables are there."""
    migrate(db)
    names, text = schema._names, schema._text
    altering = "ALTER TABLE auth_user_sessions ADD COLUMN label TEXT"
    monkeypatch.setattr(schema, "_names", lambda dialect: [*names(dialect), "9000_label"])
    monkeypatch.setattr(
        schema, "_text", lambda name, dialect: altering if name == "9000_label" else text(name, dialect)
    )
    assert pending(db) == ["9000_label"]
    assert (migrate(db), pending(db)) == (["9000_label"], [])


@pytest.mark.parametrize("kind", SHARED)
def test_of_threads_at_once_one_applies(kind, request, tmp_path):
    """Workers that start together agree: one creates, the others find it done."""
    # SQL-6
    applied: list[list[str]] = []
    with opened(kind, request, tmp_path) as db:
        threads = [threading.Thread(target=lambda: applied.append(migrate(db))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(map(bool, applied)) == [False] * 5 + [True]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("kind", SHARED)
def test_of_processes_at_once_one_applies(kind, request, tmp_path):
    """The same holds for processes, each with connections of its own."""
    # SQL-6
    with opened(kind, request, tmp_path) as db:

        def start(_: int) -> None:
            for name in migrate(db):
                (tmp_path / name).open("x").close()  # fails where another process applied it too

        assert in_children(4, start) == [0] * 4
        assert pending(db) == []
        assert (tmp_path / "0001_users").exists()


@pytest.mark.servers
def test_a_role_without_rights_to_the_schema(postgres_url):
    """The application's role needs no DDL: where nothing is missing, migrate asks for nothing."""
    # SQL-5
    with closing(PostgresDatabase(postgres_url)) as owner:
        migrate(owner)
    role = "app_" + psycopg2.extensions.parse_dsn(postgres_url)["dbname"]
    execute(postgres_url, f"CREATE ROLE {role} LOGIN PASSWORD 'app'")
    execute(postgres_url, f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    try:
        url = with_parameter(with_parameter(postgres_url, "user", role), "password", "app")
        with closing(PostgresDatabase(url)) as db:
            assert db.query("SELECT current_user AS who", fetch="one") == {"who": role}
            assert (pending(db), migrate(db)) == ([], [])
            users = SqlUsers(db)
            user = users.add(NewUser("a@b.c", Email("a@b.c"), "a hash", "A", "B"))
            users.end_session(SessionId("0" * 32), user_id=user.user_id, reason="logout", now=1, expires_at=2)
            assert (users.find_by_email(Email("a@b.c")), adopt(db)) == (user, Adoption(0, ()))
    finally:
        execute(postgres_url, f"DROP OWNED BY {role}")
        execute(postgres_url, f"DROP ROLE {role}")


def test_a_newer_schema_is_left_alone():
    """A file that only a newer version knows does not disturb an older one."""
    with closing(SqliteDatabase(":memory:")) as db:
        migrate(db)
        db.query("INSERT INTO auth_migrations VALUES ('9999_future', 1)")
        assert migrate(db) == []
