"""``docs/postgres.md``: its URLs are read as it says, and the rights that it grants are enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from psycopg2 import extensions

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from tests.databases import with_parameter
from tests.end_to_end.site import serving, settings
from tests.house.sources import ROOT
from tests.servers.postgres import execute

PAGE = (ROOT / "docs" / "postgres.md").read_text("utf-8")
INDEXING, MAKING, GRANTING = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
URLS = re.findall(r"^\| `(postgresql://[^`]*)` ", PAGE, re.MULTILINE)


@pytest.mark.parametrize("url", URLS)
def test_every_url_of_the_page_is_read(url):
    """Each form is taken as it stands."""
    PostgresDatabase(url).close()


@pytest.fixture
def roles(postgres_server, postgres_url) -> Iterator[tuple[str, str]]:
    """Return the two roles of the page, under names that no other test has."""
    suffix = extensions.parse_dsn(postgres_url)["dbname"]
    names = f"auth_owner_{suffix}", f"auth_user_{suffix}"
    for statement in named(MAKING, suffix):
        execute(postgres_url, statement)
    yield names
    for name in names:
        execute(postgres_url, f"DROP OWNED BY {name} CASCADE")
        execute(postgres_server, f"DROP ROLE {name}")


def named(text: str, suffix: str) -> list[str]:
    """Return the statements of a block, with the test's own names for the roles."""
    return [
        re.sub(r"\bauth_(owner|user)\b", rf"auth_\1_{suffix}", statement)
        for statement in text.split(";")
        if statement.strip()
    ]


@pytest.mark.servers
@pytest.mark.slow
def test_the_rights_of_the_page_are_enough(postgres_url, roles):
    """The owner migrates; with what is granted the other role registers, logs in, refreshes, logs out."""
    # SQL-5
    owner, user = (with_parameter(postgres_url, "user", name) for name in roles)
    with closing(PostgresDatabase(owner)) as database:
        migrate(database)
    for statement in named(GRANTING, extensions.parse_dsn(postgres_url)["dbname"]):
        execute(owner, statement)
    with serving(settings(DATABASE_URL=user)) as site:
        visitor = site.member()
        assert visitor.refresh().status_code == 200
        assert visitor.logout().status_code == 200


@pytest.mark.servers
def test_the_indexes_of_the_page_are_those_that_a_migration_makes(postgres_url):
    """What an operator builds beforehand is what `migrate` would have built."""
    names = re.findall(r"CONCURRENTLY (\w+)", INDEXING)
    with closing(PostgresDatabase(postgres_url)) as database:
        migrate(database)
        found = "SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY (%s) ORDER BY indexname"
        made = database.query(found, (names,), fetch="all")
        for name in names:
            execute(postgres_url, f"DROP INDEX {name}")
        for statement in INDEXING.split(";")[:-1]:
            execute(postgres_url, statement)
        assert database.query(found, (names,), fetch="all") == made
        assert len(made) == len(names)


def test_the_page_names_every_table():
    """What `migrate` creates is what the page grants."""
    with closing(SqliteDatabase(":memory:")) as database:
        migrate(database)
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%%'"
        created = {row["name"] for row in database.query(sql, fetch="all")}
    assert created == set(re.findall(r"(?<!FUNCTION )\b(?:auth_(?!owner|user\b)\w+|users)\b", GRANTING))
