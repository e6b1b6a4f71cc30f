"""PostgreSQL behind a proxy that cuts and stalls: nothing half done, nothing twice, nothing hangs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase, Timeouts
from jwt_auth_core.errors import EmailTakenError, StoreUnavailableError
from jwt_auth_core.users.email import parse_email
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from tests.faults.proxy import Cut, Proxy, proxied

pytestmark = pytest.mark.servers

ADDRESS = parse_email("ada@example.com")
ADA = NewUser(ADDRESS.stored, ADDRESS.canonical, "a hash", "Ada", "Lovelace")
HURRIED = Timeouts(connect_seconds=1.0, lock_seconds=0.05, statement_seconds=0.4, grace_seconds=0.1)


@pytest.fixture
def proxy(migrated_url) -> Iterator[Proxy]:
    """Return a proxy before a database with our tables."""
    with proxied(migrated_url) as made:
        yield made


@pytest.fixture
def db(proxy) -> Iterator[PostgresDatabase]:
    """Return the database, reached through the proxy."""
    database = PostgresDatabase(proxy.url, pool_size=3, timeouts=HURRIED)
    yield database
    database.close()


@pytest.fixture
def users(db) -> SqlUsers:
    """Return an empty store that has looked at its table already, in a transaction of its own."""
    made = SqlUsers(db)
    made.add(ADA)
    db.query("DELETE FROM users")
    return made


def rows(db) -> int:
    """Return how many users are stored, whole ones."""
    sql = "SELECT count(*) AS n FROM users u JOIN auth_accounts a ON a.user_id = u.user_id"
    (users,) = db.query("SELECT count(*) AS n FROM users", fetch="all")
    assert db.query(sql, fetch="one") == users
    return users["n"]


@pytest.mark.parametrize("marker", [b"INSERT INTO users", b"INSERT INTO auth_accounts", b"COMMIT"])
def test_a_cut_before_it_arrives_stores_nothing(users, db, proxy, marker):
    """Whatever step of a registration is lost on its way: no half user, and a retry succeeds (F-13)."""
    # F-13
    proxy.cut(Cut.BEFORE, marker)
    with pytest.raises(StoreUnavailableError):
        users.add(ADA)
    assert rows(db) == 0
    assert users.add(ADA).email == "ada@example.com"


@pytest.mark.parametrize("marker", [b"INSERT INTO users", b"INSERT INTO auth_accounts"])
def test_a_cut_before_the_commit_stores_nothing(db, proxy, marker):
    """A statement that ran without its COMMIT is undone (F-13)."""
    # F-13
    proxy.cut(Cut.AFTER, marker)
    with pytest.raises(StoreUnavailableError):
        SqlUsers(db).add(ADA)
    assert rows(db) == 0
    assert SqlUsers(db).add(ADA).email == "ada@example.com"


@pytest.mark.parametrize(("where", "keep"), [(Cut.AFTER, 0), (Cut.INSIDE, 3)])
def test_a_cut_after_the_commit_is_an_unknown_outcome(users, db, proxy, where, keep):
    """The caller is told to try again, and the retry finds the one user that was stored (F-13)."""
    # F-13
    proxy.cut(where, b"COMMIT", keep=keep)
    with pytest.raises(StoreUnavailableError):
        users.add(ADA)
    with pytest.raises(EmailTakenError):
        users.add(ADA)
    assert rows(db) == 1


def test_a_cut_at_the_beginning_goes_unnoticed(db, proxy):
    """When only BEGIN is lost nothing can have run: a new connection takes over (F-14)."""
    # F-14
    db.query("SELECT 1")
    proxy.cut(Cut.AFTER, b"BEGIN")
    SqlUsers(db).add(ADA)
    assert rows(db) == 1


def test_a_beginning_that_fails_twice_is_an_error(db, proxy):
    """One new connection, not many; and no connection is lost from the pool (F-14)."""
    # F-14
    for _ in range(4):
        proxy.cut(Cut.BEFORE, b"BEGIN")
        proxy.cut(Cut.BEFORE, b"BEGIN")
        with pytest.raises(StoreUnavailableError):
            SqlUsers(db).add(ADA)
    assert SqlUsers(db).add(ADA)


def test_connections_that_were_cut_while_idle_are_replaced(db, proxy):
    """After a restart of the server the next calls do not notice (F-14)."""
    # F-14
    with db.transaction():
        db.query("SELECT 1")
    proxy.cut_all()
    _until(lambda: proxy.open == 0)
    assert rows(db) == 0
    assert SqlUsers(db).add(ADA)


def test_a_statement_that_may_have_run_is_not_repeated(db, proxy):
    """Its answer is lost, its effect is not: it ran once (F-14)."""
    # F-14
    db.query("CREATE SEQUENCE turns")
    proxy.cut(Cut.AFTER, b"nextval")
    with pytest.raises(StoreUnavailableError, match="lost the connection"):
        db.query("SELECT nextval('turns')")
    assert db.query("SELECT nextval('turns') AS turn", fetch="one") == {"turn": 2}


def test_an_answer_that_breaks_off(db, proxy):
    """Half an answer is no answer (F-14)."""
    # F-14
    proxy.cut(Cut.INSIDE, b"generate_series", keep=10)
    with pytest.raises(StoreUnavailableError):
        db.query("SELECT generate_series(1, 5) AS n", fetch="all")
    assert len(db.query("SELECT generate_series(1, 5) AS n", fetch="all")) == 5


def test_a_server_that_says_nothing(db, proxy):
    """A stopped server is given up after the deadline; its late answer meets no other call (F-17)."""
    # F-17
    db.query("SELECT 1")
    proxy.stall()
    with pytest.raises(StoreUnavailableError, match=r"did not answer within 0\.5 seconds"):
        db.query("SELECT 'late' AS it")
    with pytest.raises(StoreUnavailableError, match="did not answer"):
        db.query("SELECT 'late' AS it")
    proxy.flow()
    assert db.query("SELECT 'next' AS it", fetch="one") == {"it": "next"}


def test_a_commit_that_arrives_after_we_gave_up(db, proxy):
    """A COMMIT held up on its way is an unknown outcome: all of it or nothing, and a retry agrees (F-13)."""
    # F-13
    with pytest.raises(StoreUnavailableError, match="did not answer"):
        _add_stalled(db, proxy)
    proxy.flow()
    with contextlib.suppress(EmailTakenError):
        SqlUsers(db).add(ADA)
    assert rows(db) == 1


def _add_stalled(db, proxy) -> None:
    with db.transaction():
        SqlUsers(db).add(ADA)
        proxy.stall()


def test_a_server_that_does_not_accept(db, proxy):
    """While nothing can connect each call fails at once; as soon as it can, the next succeeds."""
    # F-14
    proxy.refuse()
    for _ in range(5):
        with pytest.raises(StoreUnavailableError, match="cannot be reached"):
            db.query("SELECT 1")
    proxy.accept()
    assert rows(db) == 0


def test_faults_leave_no_connection_behind(db, proxy):
    """After cuts and stalls the pool holds no more than before (F-17)."""
    # F-17
    for marker in (b"INSERT INTO users", b"COMMIT", b"INSERT INTO users") * 2:
        proxy.cut(Cut.BEFORE, marker)
        with pytest.raises(StoreUnavailableError):
            SqlUsers(db).add(ADA)
    assert rows(db) == 0
    _until(lambda: proxy.open == 1)


def _until(true: Callable[[], bool], *, seconds: float = 60) -> None:
    # The proxy's own threads need a moment; nothing of the product is waited for.
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)
