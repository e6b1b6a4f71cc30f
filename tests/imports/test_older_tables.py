"""Importing into a table of users that was there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from jwt_auth_core import Auth
from jwt_auth_core.database.users_table import UnfitTableError
from jwt_auth_core.flows.imports.prepared import ImportPlan
from tests.imports.conftest import SETTINGS, of


@pytest.fixture
def older(tmp_path):
    """Return what makes an `Auth` on a table that was there, by a script."""

    def make(script):
        connection = sqlite3.connect(tmp_path / "app.sqlite3")
        connection.executescript(script)
        connection.close()
        return closing(Auth.from_env({**SETTINGS, "DATABASE_URL": f"sqlite:///{tmp_path / 'app.sqlite3'}"}))

    return make


OLDER = """
    CREATE TABLE users (user_id CHAR(32) PRIMARY KEY NOT NULL, email TEXT UNIQUE NOT NULL,
        password_hash TEXT NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
        created_at TIMESTAMP, nickname TEXT);
    INSERT INTO users VALUES ('f6b0e1c28d1f4a539b0a3f5f5c6b7a88', 'eva@example.com', '!', '', '', NULL, NULL);
"""


def test_a_table_into_which_nobody_fits_stops_an_import_at_once(older):
    """With what helps."""
    plan = ImportPlan(source="csv", issuer="old")
    with older(OLDER.replace("nickname TEXT", "nickname TEXT NOT NULL").replace(", NULL)", ", 'x')")) as auth:
        auth.migrate()
        with pytest.raises(UnfitTableError, match="nickname"):
            list(auth.imports.users([of(1)], plan))


def test_ids_are_spelled_as_those_that_are_there(older):
    """Without hyphens, as SQLAlchemy stores them in SQLite."""
    plan = ImportPlan(source="csv", issuer="old")
    with older(OLDER) as auth:
        auth.migrate()
        for created in (1, 0):
            (batch,) = auth.imports.users([of(1)], plan)
            assert (batch.created, batch.there) == (created, 1 - created)
        assert "-" not in auth.end_user.find("user1@example.com").user_id


def test_columns_with_a_limit_refuse_what_is_longer(world):
    """As an older table may have them."""
    bulk = world.auth.imports.users.users
    limited = type("Limited", (type(bulk),), {"widths": lambda _self: {"email": 20, "first_name": 3}})
    users = replace(world.auth.imports.users, users=limited(bulk._database))
    world.auth = type(world)(imports=type(world)(users=users))
    (batch,) = world.bring(
        [of(1, first_name="Adam"), of(2, email="long.address@example.com"), of(3, first_name="A")]
    )
    assert [(one.line, one.reason) for one in batch.refused] == [
        (1, "first_name: must be at most 3 characters long"),
        (2, "email: must be at most 20 characters long"),
    ]
