"""The guard on ``users``: what another application writes there keeps its identity from then on."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from jwt_auth_core.database.guard import is_guarded
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.statement import Statement
from jwt_auth_core.errors import EmailTakenError
from jwt_auth_core.users.adoption.adopter import Adopter
from jwt_auth_core.users.adoption.adoption import Adoption, adopt, adopt_queued
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from tests.databases import DATABASES, opened, with_parameter
from tests.servers.postgres import execute
from tests.unguarded import unguard

ADD = (
    "INSERT INTO users (user_id, email, password_hash, first_name, last_name) VALUES (%s, %s, 'h', 'A', 'B')"
)
ADDRESSES = [
    "Mixed@Example.com", "ada@example.com", "o'neil@example.com", "a+b_c@x-y.example", "-a@b.co", "a@1.co",
    "root@localhost", "Root@Localhost", "a@b@c.example", ".a@example.com", "a.@example.com", "a..b@x.com",
    "a@-b.example", "a@b-.example", "a@b.-c", "a@b.1", "a@b.c1", "a@b.1c", "a@b_c.example", "A@b..example",
    "a@.example", "a@example.", "ada", "", "@", "Ada@bücher.example", "ädä@example.com", "a b@example.com",
    "A@xn--bcher-kva.example", "x" * 60 + "@Example.com", "x" * 65 + "@example.com", "K@Kelvin.example",
    "A%b@example.com", "A{b}@example.com", "a@b.c\n", "ı@example.com", "I@EXAMPLE.IT", "a-.b@x.co", "a@B.c",
    " Ada@Example.com", "ada@example.com  ", "  Root@Localhost ", "\tAda@example.com", "Ada@example.com\t ",
    "Ada@example.com\r\n", "\u00a0Ada@example.com", "Ada@example.com\u2003", "\u200bAda@example.com", " ",
    "Ä@example.com", "İda@example.com", "Ada@İstanbul.example", "ada@Bücher.EXAMPLE ", "ſ@example.com",
    " " + "X" * 50 + "@Example.co ", " " * 60 + "Ada@Example.com", "Ada @example.com", "Ada@ example.com",
]  # fmt: skip
AT_ONCE = [
    " Ada@Example.com", "ADA@EXAMPLE.COM ", "   ada@example.com  ", " " * 300 + "Ada@Example.com",
]  # fmt: skip


def user_id(number: int) -> str:
    """Return the id of the row with this number."""
    return str(uuid.UUID(int=number))


def new(address: str) -> NewUser:
    """Return whom a registration adds."""
    email = parse_email(address)
    return NewUser(email.stored, email.canonical, "a hash", "Eve", "E", typed=email.typed)


def identities(db) -> dict[int, str]:
    """Return the identity of each row that has one."""
    rows = db.query("SELECT user_id, email_canonical FROM auth_accounts", fetch="all")
    return {uuid.UUID(row["user_id"]).int: row["email_canonical"] for row in rows}


@pytest.fixture(params=DATABASES)
def db(request: pytest.FixtureRequest, tmp_path) -> Iterator[Database]:
    """Return a database with our tables and the guard."""
    with opened(request.param, request, tmp_path) as database:
        migrate(database)
        yield database


@pytest.fixture
def users(db) -> SqlUsers:
    """Return the users of that database as an `Auth` has them."""
    return SqlUsers(db, catch_up=Adopter(db).catch_up)


@pytest.mark.parametrize(
    ("stored", "registered"),
    [
        ("Mixed@Example.com", "mixed@example.com"),
        ("mixed@example.com", "MIXED@EXAMPLE.COM"),
        ("Ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("X" * 60 + "@example.com", "x" * 60 + "@example.com"),
        ("O'Neil@example.com", "o'neil@example.com"),
        (" Ada@Example.com  ", "ada@example.com"),
        ("ada@example.com", "  ADA@example.com "),
        (" Ada@BÜCHER.example ", "ada@bücher.example"),
        ("Ada@İstanbul.example", "ada@İSTANBUL.example"),
    ],
)
def test_nobody_takes_the_identity_of_a_row(db, users, stored, registered):
    """Whoever registers the address of a row that another application just wrote is refused."""
    # ID-1
    db.query(ADD, (user_id(1), stored))
    with pytest.raises(EmailTakenError):
        users.add(new(registered))
    assert users.find_by_email(parse_email(registered).canonical).user_id == user_id(1)


@pytest.mark.parametrize("address", ADDRESSES, ids=ascii)
def test_the_guard_decides_as_adoption_does(db, address):
    """Whatever another application writes gets the identity that a look at the table would give it."""
    # ID-1
    db.query(ADD, (user_id(1), address))
    adopt_queued(db)
    guarded = identities(db)
    unguard(db)
    db.query("DELETE FROM auth_accounts")
    adopt(db)
    assert guarded == identities(db)


@pytest.mark.parametrize("address", AT_ONCE)
@pytest.mark.parametrize("is_changed", [False, True], ids=["written", "changed"])
def test_spaces_around_an_address_are_no_part_of_it(db, address, is_changed):
    """Trimmed and in lower case, as a registration has it, the identity is the row's at once."""
    # ID-1
    db.query(ADD, (user_id(1), "eve@example.com" if is_changed else address))
    db.query("UPDATE users SET email = %s", (address,))
    assert identities(db) == {1: parse_email(address).canonical} == {1: "ada@example.com"}


OLD_GUARD = {
    "postgres": """
        CREATE OR REPLACE FUNCTION auth_keep_account() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RETURN NULL; END'
    """,
    "sqlite": """
        CREATE TRIGGER auth_keep_account_update AFTER UPDATE OF email ON users
        BEGIN INSERT INTO auth_unadopted (user_id) VALUES (NEW.user_id); END
    """,
}


def test_a_guard_of_an_earlier_version_is_replaced(db):
    """`jwt-auth migrate` gives a database that has one the guard of today, with all of its rights."""
    if db.dialect == "sqlite":
        db.query("DROP TRIGGER auth_keep_account_update")
    else:
        db.query("DROP TRIGGER auth_keep_account_id ON users")
    db.run(Statement(OLD_GUARD[db.dialect], 0))
    db.query("DELETE FROM auth_migrations WHERE name = '0008_guard'")
    assert migrate(db) == ["0008_guard"]
    db.query(ADD, (user_id(1), "eve@example.com"))
    db.query("UPDATE users SET email = ' Ada@Example.com'")
    assert (is_guarded(db), identities(db)) == (True, {1: "ada@example.com"})


def test_the_guard_refuses_no_write(db, users, caplog):
    """A second row with an identity is written as before; it is left and named, and nobody is covered."""
    # ID-1
    ours = users.add(new("ada@example.com"))
    db.query(ADD, (user_id(2), "ADA@example.com"))
    assert users.find_by_email("ada@example.com") == ours
    assert f"user {user_id(2)}: its e-mail identity is that of user {ours.user_id}" in caplog.text
    assert db.query("SELECT 1 FROM auth_unadopted") == 0


def test_a_changed_address_is_followed(db, users):
    """The new identity is the row's, the former one is free again."""
    db.query(ADD, (user_id(1), "ada@example.com"))
    db.query("UPDATE users SET email = 'Countess@Example.com' WHERE user_id = %s", (user_id(1),))
    with pytest.raises(EmailTakenError):
        users.add(new("countess@example.com"))
    assert users.add(new("ada@example.com"))


def test_a_changed_address_that_is_taken_keeps_the_former(db, users, caplog):
    """The older application's write stands; here the user keeps the former identity, and is named."""
    # ID-1
    db.query(ADD, (user_id(1), "ada@example.com"))
    db.query(ADD, (user_id(2), "eve@example.com"))
    db.query("UPDATE users SET email = 'EVE@example.com' WHERE user_id = %s", (user_id(1),))
    assert users.find_by_email("eve@example.com").user_id == user_id(2)
    assert identities(db) == {1: "ada@example.com", 2: "eve@example.com"}
    assert f"user {user_id(1)}: its new address is another user's" in caplog.text


def test_what_is_not_the_address_is_nobodys_business(db):
    """Other columns are written without a trace in our tables."""
    db.query(ADD, (user_id(1), "ada@example.com"))
    db.query("UPDATE users SET first_name = 'Augusta', email = email")
    assert db.query("SELECT 1 FROM auth_unadopted") == 0


def test_a_queued_row_that_is_gone_is_forgotten(db):
    """The row may be deleted before anybody looked at it."""
    db.query(ADD, (user_id(1), "root@localhost"))
    db.query("DELETE FROM users")
    assert adopt_queued(db) == []
    assert db.query("SELECT 1 FROM auth_unadopted") == 0


def test_a_guarded_table_needs_no_second_look(db):
    """With the guard adoption finds nothing to do, and the users that we add ourselves are in step."""
    SqlUsers(db).add(new("Ada@Example.com"))
    assert (is_guarded(db), adopt(db)) == (True, Adoption(0, ()))


def test_a_guard_that_was_dropped_is_put_back(db):
    """The next `jwt-auth migrate` sees that it is gone."""
    unguard(db)
    assert not is_guarded(db)
    assert migrate(db) == []
    assert is_guarded(db)


@pytest.fixture
def role(postgres_url) -> Iterator[str]:
    """Return the URL of a role that may write `users` and nothing else of ours."""
    with closing(PostgresDatabase(postgres_url)) as owner:
        migrate(owner)
    name = "old_" + psycopg2.extensions.parse_dsn(postgres_url)["dbname"]
    execute(postgres_url, f"CREATE ROLE {name} LOGIN PASSWORD 'old'")
    execute(postgres_url, f"GRANT SELECT, INSERT, UPDATE, DELETE ON users TO {name}")
    yield with_parameter(with_parameter(postgres_url, "user", name), "password", "old")
    execute(postgres_url, f"DROP OWNED BY {name}")
    execute(postgres_url, f"DROP ROLE {name}")


@pytest.mark.servers
def test_the_other_application_needs_no_right_to_our_tables(role, postgres_url):
    """Its role writes as before, whatever its search path; the guard works with its owner's rights."""
    with closing(PostgresDatabase(with_parameter(role, "options", "-c search_path=pg_catalog"))) as other:
        other.query(ADD.replace("users", "public.users"), (user_id(1), "Ada@Example.com"))
        other.query("UPDATE public.users SET email = 'Eve@Example.com'")
    with closing(PostgresDatabase(postgres_url)) as db:
        assert identities(db) == {1: "eve@example.com"}


@pytest.mark.servers
def test_the_other_application_cannot_borrow_the_guard(role):
    """Its role may not hang the function on a table of its own, nor hide ours behind a temporary one."""
    with closing(psycopg2.connect(role)) as other, other.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE auth_accounts (user_id UUID, email_canonical TEXT)")
        cursor.execute(ADD, (user_id(1), "ada@example.com"))
        cursor.execute("SELECT count(*) FROM auth_accounts")
        assert cursor.fetchone() == (0,)
        cursor.execute("CREATE TEMPORARY TABLE mine (user_id UUID, email TEXT)")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(
                "CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION auth_keep_account()"
            )


@pytest.mark.servers
@pytest.mark.parametrize("address", ["Ada@Example.com", " Ada@Example.com "])
def test_a_registration_waits_for_a_row_that_is_being_written(postgres_url, address):
    """Of a registration and a write of the same identity at the same time, one gets it."""
    # ID-1, ID-2
    with closing(PostgresDatabase(postgres_url)) as db, closing(psycopg2.connect(postgres_url)) as other:
        migrate(db)
        with other.cursor() as cursor:
            cursor.execute(ADD, (user_id(1), address))
        outcome: list[object] = []
        registering = threading.Thread(target=lambda: outcome.append(_registered(SqlUsers(db))))
        registering.start()
        while not db.query("SELECT 1 FROM pg_locks WHERE NOT granted"):
            assert registering.is_alive()
        other.commit()
        registering.join()
        assert outcome == ["taken"]


def _registered(users: SqlUsers) -> object:
    try:
        return users.add(new("ada@example.com"))
    except EmailTakenError:
        return "taken"
