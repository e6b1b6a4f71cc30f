"""A PostgreSQL role that may not do all it needs: each right is named with the GRANT that helps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.rights import lacking, named
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.database.users_table import faults
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.users.adoption.adopter import Adopter
from jwt_auth_core.users.sql import SqlUsers
from tests.database.test_users_table import REST, new
from tests.databases import with_parameter
from tests.servers.postgres import execute

pytestmark = pytest.mark.servers
USERS = f"CREATE TABLE users (user_id UUID PRIMARY KEY, {REST})"


class Role:
    """A role without a right, and who may grant them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = "poor_" + psycopg2.extensions.parse_dsn(url)["dbname"]
        self.run(f"CREATE ROLE {self.name} LOGIN PASSWORD 'poor'")
        own = with_parameter(with_parameter(url, "user", self.name), "password", "poor")
        self.db = PostgresDatabase(own)

    def run(self, statement: str) -> None:
        """Run a statement as the superuser."""
        execute(self.url, statement)

    def helped(self, sentence: str) -> None:
        """Run the statement that a sentence names."""
        self.run(sentence.partition(": ")[2])


@pytest.fixture
def role(postgres_url) -> Iterator[Role]:
    """Return a role that may log in, and nothing else."""
    role = Role(postgres_url)
    with closing(role.db):
        yield role
    role.run(f"DROP OWNED BY {role.name} CASCADE")
    role.run(f"DROP ROLE {role.name}")


def refusal(role: Role) -> str:
    """Return what migrating says."""
    with pytest.raises(StoreUnavailableError) as caught, named(role.db, "migrate"):
        migrate(role.db)
    return str(caught.value)


def test_a_role_that_may_make_no_table_is_told_which_right_it_lacks(role):
    """The statement that is named helps."""
    expected = f"role {role.name} lacks CREATE on SCHEMA public: GRANT CREATE ON SCHEMA public TO {role.name}"
    assert refusal(role) == f"postgresql denies this role the permission: {expected}"
    role.helped(expected)
    assert migrate(role.db)


def test_a_table_that_it_may_not_refer_to_is_named(role):
    """Two rights that are missing on the table of another are one GRANT."""
    role.run(USERS)
    role.run(f"GRANT CREATE ON SCHEMA public TO {role.name}")
    assert f"GRANT SELECT, REFERENCES ON users TO {role.name}" in refusal(role)
    role.helped(lacking(role.db, "migrate")[0])
    assert migrate(role.db)


def test_tables_of_another_role_are_changed_by_that_role(role):
    """Nobody but their owner may do it, so that role is named."""
    with closing(PostgresDatabase(role.url)) as owner:
        migrate(owner)
    role.run("DELETE FROM auth_migrations WHERE name = '0008_guard'")
    role.run(f"GRANT SELECT, INSERT ON auth_migrations TO {role.name}")
    role.run(f"GRANT CREATE ON SCHEMA public TO {role.name}")
    assert "our tables are those of role postgres: run `jwt-auth migrate` as that role" in refusal(role)


def test_start_up_names_what_a_server_will_need(role, caplog):
    """Before a client meets a 503, the log has each table with the rights that are missing on it."""
    with closing(PostgresDatabase(role.url)) as owner:
        migrate(owner)
    Adopter(role.db).start()
    assert f"GRANT SELECT, INSERT, UPDATE ON users TO {role.name}" in caplog.text
    for sentence in lacking(role.db, "serve"):
        role.helped(sentence)
    assert lacking(role.db, "serve") == []
    assert SqlUsers(role.db).add(new())


def test_a_function_that_it_may_not_call_is_named(role):
    """Everybody may, where nobody took that away; the statement that is named helps."""
    with closing(PostgresDatabase(role.url)) as owner:
        migrate(owner)
    role.run("REVOKE EXECUTE ON FUNCTION auth_take_limits FROM PUBLIC")
    (sentence,) = [one for one in lacking(role.db, "serve") if "auth_take_limits" in one]
    assert f"role {role.name} lacks EXECUTE on FUNCTION auth_take_limits(text[],bigint[],bigint)" in sentence
    role.helped(sentence)
    assert not [one for one in lacking(role.db, "serve") if "auth_take_limits" in one]


def test_row_level_security_is_named(role):
    """It hides rows, or refuses new ones; the policy that is named helps."""
    with closing(PostgresDatabase(role.url)) as owner:
        migrate(owner)
    for sentence in lacking(role.db, "serve"):
        role.helped(sentence)
    role.run("ALTER TABLE users ENABLE ROW LEVEL SECURITY")
    (sentence,) = lacking(role.db, "serve")
    assert sentence.startswith(f"row level security hides rows of users from role {role.name}: CREATE POLICY")
    role.helped(sentence)
    assert SqlUsers(role.db).add(new())


def test_another_failure_is_told_as_it_is(role):
    """Only what is a right is looked for among the rights."""
    with (
        pytest.raises(StoreUnavailableError, match=r"^postgresql has no such database$"),
        named(role.db, "serve"),
    ):
        raise StoreUnavailableError("postgresql", "has no such database")


def test_what_the_catalogue_does_not_tell_is_told_as_it_is(role):
    """A right on something else is named no more than the server does."""
    role.run(f"GRANT CREATE ON SCHEMA public TO {role.name}")
    with pytest.raises(StoreUnavailableError, match=r"permission$"), named(role.db, "migrate"):
        role.db.query("SELECT * FROM pg_authid")


def test_a_file_has_no_roles():
    """SQLite asks nobody who they are."""
    with closing(SqliteDatabase(":memory:")) as db:
        assert lacking(db, "serve") == []


def test_ids_that_it_may_not_read_are_taken_for_uuids(role):
    """The table is named all the same, with what helps where they are."""
    role.run(f"CREATE TABLE users (user_id TEXT PRIMARY KEY, {REST})")
    assert [fault.what for fault in faults(role.db)] == ["user_id is text, not a UUID"]
