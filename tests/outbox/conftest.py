"""An outbox in memory, and a courier for it."""

from __future__ import annotations

from contextlib import closing

import pytest

from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from tests.outbox.desk import Desk


@pytest.fixture
def database():
    """Return a database with its tables."""
    with closing(SqliteDatabase(":memory:")) as made:
        migrate(made)
        yield made


@pytest.fixture
def desk(database):
    """Return a courier at work."""
    return Desk(database)
