"""A database that is lent again is as new, or it is another."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import pending
from tests.servers.postgres import execute
from tests.servers.recycled import Recycled

pytestmark = pytest.mark.servers

ADA = "INSERT INTO auth_unadopted (user_id) VALUES ('00000000-0000-4000-8000-000000000000')"


@pytest.fixture
def own(postgres_server):
    """Return databases that no other test is lent."""
    made = Recycled(postgres_server)
    yield made
    made.drop()


def test_rows_go(own):
    """The same database has all of its tables, and nothing in them."""
    with own.lent() as first:
        execute(first, ADA)
    with own.lent() as again, closing(PostgresDatabase(again)) as database:
        assert again == first
        assert pending(database) == []
        assert database.query("SELECT * FROM auth_unadopted", fetch="all") == []


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE notes (body TEXT)",
        "ALTER TABLE users ADD COLUMN nickname TEXT",
        "ALTER TABLE users DISABLE TRIGGER ALL",
        "DROP TABLE auth_unadopted",
        "GRANT SELECT ON users TO PUBLIC",
        "DELETE FROM auth_migrations",
    ],
)
def test_more_than_rows_makes_it_another(own, change):
    """Whatever else a test changes, the next one does not see."""
    with own.lent() as first:
        execute(first, change)
    with own.lent() as again:
        assert again != first


def test_one_at_a_time(own):
    """Two that are lent at once are two."""
    with own.lent() as one, own.lent() as other:
        assert one != other


def test_who_was_connected_is_no_more(own):
    """What a test left open cannot write into the next one's database."""
    with own.lent() as first:
        left = psycopg2.connect(first)
    with own.lent(), closing(left), pytest.raises(psycopg2.OperationalError), left.cursor() as cursor:
        cursor.execute(ADA)
