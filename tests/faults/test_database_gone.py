"""The database fails under a running site: 503, nothing half done, and everybody goes on afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import psycopg2
import pytest

from jwt_auth_core.database.postgres import PostgresDatabase, Timeouts
from tests.end_to_end.serving import until
from tests.end_to_end.visitor import Visitor, at_once, problem, statuses
from tests.faults.markers import FIND_BY_EMAIL, FIND_USER, READ_STANDINGS, RECORD_THE_END
from tests.faults.proxy import Cut
from tests.servers.postgres import execute

pytestmark = pytest.mark.servers

GONE = (503, "store_unavailable")
PATIENT = Timeouts(connect_seconds=60, lock_seconds=60, statement_seconds=60)
HURRIED = Timeouts(connect_seconds=60, lock_seconds=0.2, statement_seconds=0.5)
SILENCE_SECONDS = 0.3  # until the site gives up while nothing at all passes, which is no question of speed
POOL = 2

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
TERMINATE = "SELECT pg_terminate_backend(pid) " + OTHERS
COUNT = f"SELECT count(*) {OTHERS} AND application_name = 'jwt-auth'"


@pytest.fixture
def site(site_on, redis_url, postgres_proxy, monkeypatch):
    """Return a site with few connections to its database, for which it waits however slow the machine is."""
    patient = partial(PostgresDatabase, wait_seconds=60, timeouts=PATIENT)
    monkeypatch.setattr("jwt_auth_core.database.postgres.PostgresDatabase", patient)
    return site_on("starlette", DATABASE_URL=postgres_proxy.url, REDIS_URL=redis_url, DB_POOL_SIZE=str(POOL))


@pytest.fixture
def ada(site):
    """Return Ada, logged in."""
    return site.member()


@pytest.fixture
def hurried(site, postgres_proxy, migrated_url) -> Callable[[], AbstractContextManager[None]]:
    """Return what makes the site give up soon on a silent database, until the harm is over."""
    soon = PostgresDatabase(postgres_proxy.url, wait_seconds=0.2, timeouts=HURRIED).pool
    pool = site.auth.database.pool
    soon._connect.__self__.losses.on_loss = pool.drop_idle

    @contextmanager
    def hurry() -> Iterator[None]:
        patience = pool._connect, pool._wait_seconds
        pool._connect, pool._wait_seconds = soon._connect, soon._wait_seconds
        pool.drop_idle()
        until(lambda: connections(migrated_url) == 0)
        yield
        pool._connect, pool._wait_seconds = patience
        pool.drop_idle()

    return hurry


@pytest.fixture
def silence(site, postgres_proxy) -> Callable[[], AbstractContextManager[None]]:
    """Return what lets the database fall silent, and the site give up soon on open and on new connections."""
    pool = site.auth.database.pool
    new = PostgresDatabase(postgres_proxy.url, timeouts=Timeouts(connect_seconds=SILENCE_SECONDS)).pool

    @contextmanager
    def silent() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pool, "_connect", new._connect)
            for connection in pool.stats().idle:
                patch.setattr(connection, "_answer_seconds", SILENCE_SECONDS)
            postgres_proxy.stall()
            yield
            postgres_proxy.flow()

    return silent


def connections(url: str) -> int:
    """Return how many connections of ours the server has."""
    with asked(url, COUNT) as rows:
        return int(rows[0][0])


@contextmanager
def asked(url: str, statement: str) -> Iterator[Any]:
    """Run a statement in a transaction that stays open; yield what it found."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            yield cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


ROUTES: dict[str, Callable[[Visitor], Any]] = {
    "refresh": Visitor.refresh,
    "login": Visitor.login,
    "me": Visitor.me,
    "logout": Visitor.logout,
}
MARKERS = {
    "refresh": READ_STANDINGS,
    "login": FIND_BY_EMAIL,
    "me": FIND_USER,
    "logout": RECORD_THE_END,
}


@pytest.mark.parametrize(
    ("where", "retried"),
    [(Cut.BEFORE, (201, None)), (Cut.AFTER, (409, "email_taken"))],
    ids=["before", "after"],
)
@pytest.mark.fault("F-13", "a proxy cuts at COMMIT of a registration")
def test_a_registration_whose_commit_is_lost(site, postgres_proxy, where, retried):
    """The outcome is unknown and says so; tried again there is one whole user, who can log in."""
    # F-13
    ada = site.visitor()
    postgres_proxy.cut(where, b"COMMIT")
    assert problem(ada.register()) == GONE
    again = ada.register()
    assert (again.status_code, again.json().get("code")) == retried
    assert ada.login().status_code == 200
    assert ada.me().json()["email"] == ada.email
    site.settle()


@pytest.mark.parametrize("route", ROUTES)
def test_a_request_whose_query_is_cut(site, ada, postgres_proxy, route):
    """503 and the cookie untouched, whichever way the query is lost; tried again it is served."""
    # F-13, F-14, RF-02
    for where in Cut:
        assert ada.login().status_code == 200
        held = ada.token
        postgres_proxy.cut(where, MARKERS[route], keep=5)
        assert problem(ROUTES[route](ada)) == GONE
        assert ada.token == held
        assert ROUTES[route](ada).status_code == 200
    site.settle()


@pytest.mark.fault("F-14", "a proxy before PostgreSQL cuts every connection and takes no new one")
def test_a_database_that_is_gone(site, ada, postgres_proxy, measured):
    """Every route that needs it says 503; access tokens keep verifying; afterwards all is as before."""
    # F-14
    held = ada.token
    postgres_proxy.refuse()
    postgres_proxy.cut_all()
    for ask in (Visitor.refresh, Visitor.login, Visitor.me, Visitor.register):
        assert problem(ask(ada)) == GONE
        assert ada.topics().status_code == 200
    assert ada.token == held
    postgres_proxy.accept()
    measured.healed()
    for ask in (Visitor.refresh, Visitor.me, Visitor.login):
        assert ask(ada).status_code == 200
    site.settle()


@pytest.mark.fault("F-14", "pg_terminate_backend of every connection (57P01)")
def test_connections_that_the_server_ended_are_replaced(site, ada, postgres_proxy, migrated_url):
    """After a restart of the database nobody notices anything."""
    # F-14
    for route in (Visitor.refresh, Visitor.me, Visitor.login):
        before = set(postgres_proxy._links)
        execute(migrated_url, TERMINATE)
        until(lambda ended=before: not ended & postgres_proxy._links)
        assert route(ada).status_code == 200
    site.settle()


@pytest.mark.fault("F-15", "a lock on the table, many at once on two connections")
def test_everybody_waits_for_a_locked_table(site, ada, migrated_url, hurried):
    """Many at once on few connections, all of them stuck: each hears 503, none hangs, none piles up."""
    # F-15, F-17
    crowd = [site.visitor() for _ in range(24)]
    for person in crowd:
        person.token, person.access = ada.token, ada.access
    todo = [*zip(crowd, [Visitor.refresh, Visitor.login, Visitor.me] * 8, strict=True)]
    with hurried(), asked(migrated_url, "LOCK TABLE users IN ACCESS EXCLUSIVE MODE"):
        answers = at_once(lambda pair: pair[1](pair[0]), todo)
        assert {problem(answer)[0] for answer in answers} == {503}
        assert ada.topics().status_code == 200
        assert connections(migrated_url) <= POOL
    assert statuses(at_once(lambda pair: pair[1](pair[0]), todo)).keys() == {200}
    site.settle()


@pytest.mark.fault("F-17", "SELECT FOR UPDATE of the user's row")
def test_a_locked_row_stops_nobody(ada, migrated_url):
    """Whoever holds the user's row does not keep the user from logging in."""
    # F-17
    with asked(migrated_url, "SELECT 1 FROM users FOR UPDATE"):
        for route in (Visitor.refresh, Visitor.login, Visitor.me):
            assert route(ada).status_code == 200


@pytest.mark.fault("F-17", "a proxy before PostgreSQL lets nothing pass")
def test_a_silent_database(site, ada, silence):
    """A stopped server costs each request its deadline; its late answers meet no other request."""
    # F-17
    grace = site.member("grace")
    assert site.auth.database.pool.stats().idle
    with silence():
        assert {problem(answer) for answer in at_once(Visitor.me, [ada, grace])} == {GONE}
        assert ada.topics().status_code == 200
    for _ in range(3):
        assert ada.me().json()["email"] == ada.email
        assert grace.me().json()["email"] == grace.email
    site.settle()


@pytest.mark.fault("F-16", "default_transaction_read_only")
def test_a_database_that_became_read_only(site, ada, migrated_url):
    """After a failover to a replica: whoever is logged in goes on; what begins or ends a session waits."""
    # F-16
    read_only = "ALTER DATABASE {} SET default_transaction_read_only = {}"
    name = psycopg2.extensions.parse_dsn(migrated_url)["dbname"]
    execute(migrated_url, read_only.format(name, "on"))
    execute(migrated_url, TERMINATE)
    assert problem(site.visitor("grace").register()) == GONE
    assert problem(ada.logout()) == GONE
    assert problem(site.visitor().login()) == GONE  # a session that no list could show
    for route in (Visitor.refresh, Visitor.me):
        assert route(ada).status_code == 200
    with asked(migrated_url, "SET default_transaction_read_only = off"):
        execute(
            migrated_url + "&options=-cdefault_transaction_read_only%3Doff", read_only.format(name, "off")
        )
    execute(migrated_url, TERMINATE)
    assert site.visitor("grace").register().status_code == 201
    assert ada.logout().status_code == 200
