"""The guard on an embedded file that another application writes to, by its own rules."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.roles import Role
from jwt_auth_core.roles.sql import SqlRoles
from jwt_auth_core.users.adoption.adoption import adopt_queued
from jwt_auth_core.users.sql import SqlUsers
from tests.databases import opened
from tests.users.test_guard import ADD, identities, new, user_id


@pytest.mark.parametrize("is_changed", [False, True], ids=["written", "changed"])
def test_a_text_that_goes_on_behind_a_zero_octet(tmp_path, is_changed):
    """What SQLite takes for the end of a text here and not there takes nobody's identity, and is named."""
    # ID-1
    with opened("sqlite", None, tmp_path) as db, closing(sqlite3.connect(tmp_path / "test.sqlite3")) as other:
        migrate(db)
        with other:
            address = "eve@example.com" if is_changed else "ada@example.com\0"
            other.execute(ADD.replace("%s", "?"), (user_id(1), address))
            other.execute("UPDATE users SET email = ?", ("ada@example.com\0X",))
        left = adopt_queued(db)
        assert identities(db) == ({1: "eve@example.com"} if is_changed else {})
        assert is_changed or {one.reason for one in left} == {"its email has a zero octet"}


def test_a_writer_without_foreign_keys_leaves_no_account(tmp_path):
    """SQLite's foreign keys are off by default: a user that is deleted so is free to register again."""
    with opened("sqlite", None, tmp_path) as db, closing(sqlite3.connect(tmp_path / "test.sqlite3")) as other:
        users = SqlUsers(db)
        migrate(db)
        users.add(new("ada@example.com"))
        with other:
            other.execute("DELETE FROM users")
        assert identities(db) == {}
        assert users.add(new("ada@example.com"))


def test_a_writer_that_replaces_takes_no_identity(tmp_path):
    """INSERT OR REPLACE, whose policy SQLite hands down to a trigger, steals no account."""
    # ID-1
    with opened("sqlite", None, tmp_path) as db, closing(sqlite3.connect(tmp_path / "test.sqlite3")) as other:
        migrate(db)
        ours = SqlUsers(db).add(new("ada@example.com"))
        with other:
            other.execute(
                ADD.replace("INSERT", "INSERT OR REPLACE").replace("%s", "?"), (user_id(1), "ADA@example.com")
            )
        assert SqlUsers(db).find_by_email("ada@example.com") == ours


def test_a_row_that_is_replaced_hands_its_identity_on(tmp_path):
    """Where REPLACE removes a user's row, the one in its place has the identity."""
    with opened("sqlite", None, tmp_path) as db, closing(sqlite3.connect(tmp_path / "test.sqlite3")) as other:
        migrate(db)
        SqlUsers(db).add(new("ada@example.com"))
        with other:
            other.execute(
                ADD.replace("INSERT", "INSERT OR REPLACE").replace("%s", "?"), (user_id(1), "ada@example.com")
            )
        assert identities(db) == {1: "ada@example.com"}


@pytest.mark.parametrize("keys", ["ON", "OFF"])
def test_an_account_follows_the_id_of_its_row(tmp_path, keys):
    """Another program writes ids in upper case: the user stays who it was, scopes, disabled and all."""
    with opened("sqlite", None, tmp_path) as db, closing(sqlite3.connect(tmp_path / "test.sqlite3")) as other:
        migrate(db)
        users = SqlUsers(db)
        users.disable(users.add(replace(new("ada@example.com"), scopes=frozenset({"admin"}))).user_id, now=5)
        other.execute(f"PRAGMA foreign_keys = {keys}")
        with other:
            other.execute("UPDATE users SET user_id = upper(user_id)")
        user = users.find_by_email("ada@example.com")
        assert user.user_id.isupper()
        assert (user.disabled_at, user.scopes) == (5, {"admin"})


def test_a_row_that_an_update_takes_away_hands_its_identity_on(tmp_path):
    """UPDATE OR REPLACE, which takes another row away: the one that is left has both rows' address."""
    with opened("sqlite", None, tmp_path) as db, closing(sqlite3.connect(tmp_path / "test.sqlite3")) as other:
        migrate(db)
        db.query(ADD, (user_id(1), "ada@example.com"))
        db.query(ADD, (user_id(2), "eve@example.com"))
        with other:
            other.execute("UPDATE OR REPLACE users SET email = 'eve@example.com' WHERE email LIKE 'ada%'")
        assert identities(db) == {1: "eve@example.com"}


def test_an_id_that_an_account_of_nobody_has(tmp_path):
    """A row that gets an id whose user is gone keeps its own account, and none of the other's rights."""
    with opened("sqlite", None, tmp_path) as db, closing(sqlite3.connect(tmp_path / "test.sqlite3")) as other:
        migrate(db)
        users = SqlUsers(db)
        db.query(ADD, (user_id(1), "ada@example.com"))
        db.query(ADD, (user_id(2), "eve@example.com"))
        users.set_scopes(user_id(2), ["admin"])
        with other:
            other.execute(
                "UPDATE OR REPLACE users SET user_id = ? WHERE user_id = ?", (user_id(2), user_id(1))
            )
        assert identities(db) == {2: "ada@example.com"}
        assert users.find(user_id(2)).scopes == frozenset()


@pytest.mark.parametrize("has_keys", [False, True], ids=["without", "with"])
def test_roles_go_with_the_account(tmp_path, has_keys):
    """A user whose id changes keeps them, a deleted one leaves none, by foreign keys or without."""
    with opened("sqlite", None, tmp_path) as db, closing(sqlite3.connect(tmp_path / "test.sqlite3")) as other:
        migrate(db)
        users, roles = SqlUsers(db), SqlRoles(db)
        roles.put(Role("editor", frozenset({"posts:*"})))
        roles.grant(users.add(new("ada@example.com")).user_id, "editor")
        other.execute(f"PRAGMA foreign_keys = {int(has_keys)}")
        if not has_keys:  # else our foreign key refuses it
            with other:
                other.execute("UPDATE users SET user_id = ?", (user_id(7),))
            assert users.find(user_id(7)).roles == {"editor"}
        with other:
            other.execute("DELETE FROM users")
        assert not db.query("SELECT 1 FROM auth_user_roles")
