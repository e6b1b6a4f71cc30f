"""A users table that is not as documented: what is named, and that the named statement helps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.statement import Statement
from jwt_auth_core.database.users_table import HASH_LENGTH, UnfitTableError, faults
from jwt_auth_core.errors import EmailTakenError, InvalidInputError
from jwt_auth_core.passwords import PROFILES
from jwt_auth_core.users.adoption.adoption import adopt
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from tests.databases import SHARED, opened

NAMES = "first_name TEXT NOT NULL, last_name TEXT NOT NULL, created_at TIMESTAMP"
REST = f"email TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL, {NAMES}"
FATAL = {
    "id": (f"CREATE TABLE users (id UUID PRIMARY KEY, {REST})", "it has id where user_id is needed"),
    "serial id": (f"CREATE TABLE users (id SERIAL PRIMARY KEY, {REST})", "it has no user_id"),
    "integer": (f"CREATE TABLE users (user_id INTEGER PRIMARY KEY, {REST})", "user_id is int"),
    "not unique": (f"CREATE TABLE users (user_id UUID, {REST})", "user_id is neither primary key nor unique"),
    "password": (
        f"CREATE TABLE users (user_id UUID PRIMARY KEY, email TEXT, password TEXT, {NAMES})",
        "it has no password_hash",
    ),
    "names": (
        "CREATE TABLE users (user_id UUID PRIMARY KEY, email TEXT, password_hash TEXT)",
        "it has no first_name",
    ),
    "email": (
        f"CREATE TABLE users (user_id UUID PRIMARY KEY, password_hash TEXT, {NAMES})",
        "it has no email",
    ),
}
POSTS = 'CREATE TABLE posts ("by" VARCHAR(36) REFERENCES users ON DELETE CASCADE)'
ONLY_POSTGRES = {
    "plain id": (f"CREATE TABLE users (id INTEGER PRIMARY KEY, {REST})", "it has no user_id"),
    "varchar": (f"CREATE TABLE users (user_id VARCHAR(36) PRIMARY KEY, {REST})", "user_id is varchar"),
    "bigserial": (f"CREATE TABLE users (user_id BIGSERIAL PRIMARY KEY, {REST})", "user_id is int8"),
    "bytes id": (f"CREATE TABLE users (user_id BYTEA PRIMARY KEY, {REST})", "user_id is bytea"),
    "default": (
        f"CREATE TABLE users (user_id TEXT PRIMARY KEY DEFAULT gen_random_uuid()::text, {REST})",
        "user_id is text",
    ),
    "referenced": (
        f"CREATE TABLE users (user_id VARCHAR(36) PRIMARY KEY, {REST}); {POSTS}",
        "user_id is varchar",
    ),
    "bytes": (
        f"CREATE TABLE users (user_id UUID PRIMARY KEY, email TEXT, password_hash JSONB, {NAMES})",
        "password_hash is jsonb, not text",
    ),
}
NOBODY_REGISTERS = {
    "narrow": (
        f"CREATE TABLE users (user_id UUID PRIMARY KEY, email TEXT, password_hash VARCHAR(60), {NAMES})",
        "password_hash takes 60 characters",
    ),
    "extra": (
        f"CREATE TABLE users (user_id UUID PRIMARY KEY, tenant INTEGER NOT NULL, {REST})",
        'the column "tenant" is NOT NULL without a default',
    ),
}


def new(**facts) -> NewUser:
    """Return whom a registration adds."""
    email = parse_email(facts.pop("address", "ada@example.com"))
    given = {"password_hash": "h" * HASH_LENGTH, "first_name": "A", "last_name": "L"} | facts
    return NewUser(email.stored, email.canonical, **given)


def run(db: Database, text: str) -> None:
    """Run an operator's statements, one after another."""
    for statement in text.split("; "):
        db.run(Statement(statement, 0))


def spelled(db: Database, text: str) -> str:
    """Return a statement in the words of a database."""
    return text.replace("SERIAL", "INTEGER") if db.dialect == "sqlite" else text


@pytest.fixture(params=SHARED)
def db(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    """Return a database without tables."""
    with opened(request.param, request, tmp_path) as database:
        yield database


@pytest.fixture
def postgres(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    """Return a PostgreSQL database without tables."""
    with opened("postgres", request, tmp_path) as database:
        yield database


def refused_until_mended(db: Database, text: str, what: str) -> None:
    """Hold that migrate says what is wrong, and that all works once its statements were run."""
    run(db, spelled(db, text))
    with pytest.raises(UnfitTableError, match=what) as caught:
        migrate(db)
    assert "jwt-auth migrate" not in str(caught.value)
    for fault in [*caught.value.faults, *faults(db)]:
        if fault in faults(db):
            run(db, fault.remedy)
    migrate(db)
    assert SqlUsers(db).find(SqlUsers(db).add(new()).user_id)
    with pytest.raises(EmailTakenError):
        SqlUsers(db).add(new(address="ADA@example.com"))


@pytest.mark.parametrize("name", FATAL)
def test_a_table_that_cannot_be_used_is_refused(db, name):
    """Each is named with the ALTER TABLE that helps; after it users register."""
    refused_until_mended(db, *FATAL[name])


@pytest.mark.servers
@pytest.mark.parametrize("name", ONLY_POSTGRES)
def test_a_type_that_cannot_be_used_is_refused(postgres, name):
    """PostgreSQL holds to its types; each other is named with the statement that helps."""
    if name == "bytes":
        run(postgres, ONLY_POSTGRES[name][0])
        with pytest.raises(UnfitTableError, match=ONLY_POSTGRES[name][1]):
            migrate(postgres)
        return
    refused_until_mended(postgres, *ONLY_POSTGRES[name])


@pytest.mark.parametrize("name", ["id", "serial id", "integer"])
def test_the_rows_that_were_there_are_kept(db, name):
    """After the statements, the rows of such a table are users with a UUID."""
    run(db, spelled(db, FATAL[name][0]))
    first = "00000000-0000-0000-0000-000000000001" if name == "id" else 7
    db.query("INSERT INTO users VALUES (%s, 'Eve@example.com', 'h', 'E', 'E', NULL)", (first,))
    for fault in faults(db):
        run(db, fault.remedy)
    migrate(db)
    assert adopt(db).adopted == 1
    assert SqlUsers(db).find_by_email("eve@example.com").first_name == "E"


def test_a_view_is_refused(db):
    """Nothing can refer to a view; it is named as one."""
    run(db, f"CREATE TABLE people (user_id UUID PRIMARY KEY, {REST})")
    run(db, "CREATE VIEW users AS SELECT * FROM people")
    with pytest.raises(UnfitTableError, match="it is no table but a view"):
        migrate(db)
    run(db, "DROP VIEW users; ALTER TABLE people RENAME TO users")
    assert migrate(db)


@pytest.mark.parametrize("name", NOBODY_REGISTERS)
def test_a_table_that_takes_no_new_users_is_named(db, name):
    """Logins work, so it is no reason not to start; a registration says what helps, and not "try again"."""
    if db.dialect == "sqlite" and name == "narrow":
        return  # SQLite ignores the width
    run(db, NOBODY_REGISTERS[name][0])
    migrate(db)
    (fault,) = faults(db)
    assert fault.what.startswith(NOBODY_REGISTERS[name][1])
    with pytest.raises(UnfitTableError) as caught:
        SqlUsers(db).add(new())
    assert str(fault) in str(caught.value)


@pytest.mark.servers
def test_the_statement_for_a_column_of_their_own_helps(postgres):
    """Both are mended by what is named."""
    run(postgres, NOBODY_REGISTERS["narrow"][0].replace("email TEXT", "email TEXT, tenant INTEGER NOT NULL"))
    migrate(postgres)
    for fault in faults(postgres):
        run(postgres, fault.remedy.partition(", or ")[0])
    assert SqlUsers(postgres).add(new())


@pytest.mark.servers
def test_a_name_that_is_too_long_for_its_column_is_the_clients(postgres):
    """The client is told the limit of the column, as for any other limit."""
    rest = REST.replace("first_name TEXT", "first_name VARCHAR(5)")
    run(postgres, f"CREATE TABLE users (user_id UUID PRIMARY KEY, {rest})")
    migrate(postgres)
    with pytest.raises(InvalidInputError, match="first_name: must be at most 5 characters long"):
        SqlUsers(postgres).add(new(first_name="Augusta"))


def test_a_unique_rule_of_their_own_is_not_the_address(db):
    """A second user without the application's own unique value is no "Email already registered"."""
    run(db, f"CREATE TABLE users (user_id UUID PRIMARY KEY, nick TEXT UNIQUE NOT NULL DEFAULT '', {REST})")
    migrate(db)
    SqlUsers(db).add(new())
    with pytest.raises(UnfitTableError, match=r"its unique rule users.nick.* refuses a new user"):
        SqlUsers(db).add(new(address="eve@example.com"))


@pytest.mark.parametrize(
    "columns",
    [
        f"user_id UUID PRIMARY KEY, {REST}",
        f"id INTEGER PRIMARY KEY, user_id UUID NOT NULL UNIQUE, {REST}",
        f"user_id UUID PRIMARY KEY, nick TEXT NOT NULL DEFAULT '', age INTEGER, {REST}",
        f"user_id UUID PRIMARY KEY, email VARCHAR(255), password_hash VARCHAR(100), {NAMES}",
        f"user_id UUID PRIMARY KEY, {REST.replace('TIMESTAMP', 'INTEGER')}",
    ],
)
def test_what_can_be_used_has_no_fault(db, columns):
    """The documented table, and what does not disturb us, is taken as it is."""
    run(
        db,
        "CREATE TABLE users ("
        + columns.replace("id INTEGER P", "id SERIAL P" if db.dialect == "postgres" else "id INTEGER P")
        + ")",
    )
    assert (migrate(db)[0], faults(db)) == ("0001_users", [])


def test_the_length_is_that_of_the_longest_hash():
    """The figure in the message is the length of a hash at the dearest profile."""
    parameters = [f"$argon2id$v=19$m={p.memory_kib},t={p.passes},p={p.lanes}" for p in PROFILES.values()]
    assert max(map(len, parameters)) + len("$" + "s" * 22 + "$" + "t" * 43) <= HASH_LENGTH
