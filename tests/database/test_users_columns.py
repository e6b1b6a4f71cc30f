"""Columns of a users table that a new row, or our tables, do not fit: what is written, and what is named."""

from __future__ import annotations

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.users_table import UnfitTableError, faults
from jwt_auth_core.errors import ConstraintError
from jwt_auth_core.users.adoption.adoption import adopt
from jwt_auth_core.users.sql import SqlUsers
from tests.database import test_users_table
from tests.database.test_users_table import REST, new, refused_until_mended, run

db = test_users_table.db
postgres = test_users_table.postgres


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "DATE", "DATETIME"])
def test_a_table_that_must_be_told_the_time_is_told(db, kind):
    """A created_at that is NOT NULL without a default, as SQLAlchemy makes it, gets the database's time."""
    kind = kind.replace("DATETIME", "TIMESTAMP") if db.dialect == "postgres" else kind
    rest = REST.replace("TIMESTAMP", f"{kind} NOT NULL")
    run(db, f"CREATE TABLE users (user_id UUID PRIMARY KEY, {rest})")
    migrate(db)
    assert (faults(db), bool(SqlUsers(db).add(new()))) == ([], True)
    assert db.query("SELECT 1 FROM users WHERE created_at > '2020-01-01'") == 1


def test_a_time_that_is_a_number_is_named(db):
    """Which number is not ours to guess, so the column is named as any other is."""
    rest = REST.replace("TIMESTAMP", "BIGINT NOT NULL")
    run(db, f"CREATE TABLE users (user_id UUID PRIMARY KEY, {rest})")
    migrate(db)
    (fault,) = faults(db)
    assert fault.what.startswith('the column "created_at" is NOT NULL without a default')


@pytest.mark.servers
def test_a_table_that_is_changed_meanwhile_is_looked_at_again(postgres):
    """One registration fails, and the next one does as the table wants it now."""
    migrate(postgres)
    users = SqlUsers(postgres)
    users.add(new())
    run(postgres, "ALTER TABLE users ALTER COLUMN created_at SET NOT NULL")
    run(postgres, "ALTER TABLE users ALTER COLUMN created_at DROP DEFAULT")
    with pytest.raises(ConstraintError):
        users.add(new(address="eve@example.com"))
    assert users.add(new(address="eve@example.com"))


@pytest.mark.servers
def test_an_unlogged_table_is_refused(postgres):
    """No table can refer to one; the statement that helps is named."""
    text = f"CREATE UNLOGGED TABLE users (user_id UUID PRIMARY KEY, {REST})"
    refused_until_mended(postgres, text, "it is UNLOGGED")


@pytest.mark.parametrize("manner", ["STORED", "VIRTUAL"])
def test_a_computed_column_is_named(db, manner):
    """What we must write and cannot is named, and registrations work after the statements."""
    rest = REST.replace("last_name TEXT NOT NULL", f"last_name TEXT GENERATED ALWAYS AS (email) {manner}")
    run(db, f"CREATE TABLE users (user_id UUID PRIMARY KEY, {rest})")
    migrate(db)
    (fault,) = faults(db)
    assert fault.what == "last_name is computed from other columns, so nobody can register"
    with pytest.raises(UnfitTableError, match="last_name is computed"):
        SqlUsers(db).add(new())
    run(db, fault.remedy)
    assert SqlUsers(db).add(new())


@pytest.mark.servers
@pytest.mark.parametrize("kind", ["TEXT", "VARCHAR(20)", "VARCHAR(8)"])
def test_ids_that_can_become_no_uuids_are_kept_beside_new_ones(postgres, kind):
    """The first is named; the statements run, the old ids and what refers to them stay."""
    run(postgres, f"CREATE TABLE users (user_id {kind} PRIMARY KEY, {REST})")
    run(postgres, f"CREATE TABLE posts (uid {kind} REFERENCES users)")
    add = "INSERT INTO users VALUES (%s, 'eve@example.com', 'h', 'E', 'E', NULL)"
    postgres.query(add, ("ckx1abcd",))
    postgres.query("INSERT INTO posts VALUES ('ckx1abcd')")
    (fault,) = faults(postgres)
    assert fault.what.endswith("not a UUID, and 'ckx1abcd' can become none")
    run(postgres, fault.remedy)
    migrate(postgres)
    assert adopt(postgres).adopted == 1
    if kind != "VARCHAR(8)":
        assert SqlUsers(postgres).add(new())
        return
    (fault,) = faults(postgres)
    assert fault.remedy == 'ALTER TABLE users ALTER COLUMN "id" SET DEFAULT a value of yours'


@pytest.mark.servers
def test_a_key_of_two_columns_gets_a_default(postgres):
    """No column of a primary key may be NULL, so the statement is another."""
    columns = f"tenant INTEGER, user_id UUID UNIQUE, {REST}, PRIMARY KEY (tenant, user_id)"
    run(postgres, f"CREATE TABLE users ({columns})")
    (fault,) = faults(postgres)
    assert fault.remedy == 'ALTER TABLE users ALTER COLUMN "tenant" SET DEFAULT a value of yours'
