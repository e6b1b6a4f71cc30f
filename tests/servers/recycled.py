"""Migrated databases of PostgreSQL that are emptied and lent again: to make one takes thirty times as long.

Whoever changes more than rows (a table, a trigger, a right) leaves a database that is not lent again.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg2

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate
from tests.servers.postgres import beside, execute

_FILES = "auth_migrations"  # the one table that is not empty to begin with

_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"

_EMPTY = f"""
DO $$
DECLARE
    name TEXT;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET LOCAL session_replication_role = replica;  -- neither triggers nor foreign keys
    FOR name IN
        {_TABLES} AND relname <> '{_FILES}'
    LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$
"""  # noqa: S608 - of constants

_CATALOGUES = (
    "pg_attrdef",
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_db_role_setting",
    "pg_default_acl",
    "pg_index",
    "pg_namespace",
    "pg_policy",
    "pg_proc",
    "pg_trigger",
)

# Each row of a catalogue has the number of the transaction that wrote it.
_SHAPE = " UNION ALL ".join(
    [f"SELECT count(*), sum(xmin::text::bigint) FROM {name}" for name in (*_CATALOGUES, _FILES)]  # noqa: S608 - of constants
)


@dataclass(frozen=True)
class _Lent:
    """One database, and what its catalogues said when it was new."""

    name: str
    url: str
    shape: object


class Recycled:
    """The databases of one server; a class because it remembers which are free."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._free: list[_Lent] = []

    @contextmanager
    def lent(self) -> Iterator[str]:
        """Yield the URL of a database as `migrate` leaves it."""
        lent = self._take()
        try:
            yield lent.url
        finally:
            self._free.append(lent)

    def drop(self) -> None:
        """Drop them all."""
        while self._free:
            self._drop(self._free.pop())

    def _take(self) -> _Lent:
        if not self._free:
            return self._made()
        lent = self._free.pop()
        if _emptied(lent.url) == lent.shape:
            return lent
        self._drop(lent)
        return self._made()

    def _made(self) -> _Lent:
        name = "test_" + uuid.uuid4().hex
        execute(self._server_url, f"CREATE DATABASE {name}")
        url = beside(self._server_url, name)
        with closing(PostgresDatabase(url)) as database:
            migrate(database)
            assert _filled(database) == {_FILES}, "a table is emptied that was not empty to begin with"
        return _Lent(name, url, _emptied(url))

    def _drop(self, lent: _Lent) -> None:
        execute(self._server_url, f"DROP DATABASE IF EXISTS {lent.name} WITH (FORCE)")


def _filled(database: Database) -> set[str]:
    """Return the names of the tables that have rows."""
    tables = database.query(_TABLES, fetch="all")
    names = {str(row["relname"]) for row in tables}
    return {name for name in names if database.query(f"SELECT 1 FROM {name} LIMIT 1", fetch="all")}  # noqa: S608 - the catalogue's own name


def _emptied(url: str) -> object:
    """Empty a database, end who is still connected to it, and return what its catalogues say."""
    try:
        connection = psycopg2.connect(url)
    except psycopg2.OperationalError:  # a test dropped it
        return None
    with closing(connection), connection, connection.cursor() as cursor:
        try:
            cursor.execute(_EMPTY)
            cursor.execute(_SHAPE)
        except psycopg2.Error:  # a table that is none of ours, or is not there
            return None
        return cursor.fetchall()
