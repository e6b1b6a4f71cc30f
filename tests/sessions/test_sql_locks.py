"""One locked row of PostgreSQL's sessions holds up that session, and no other."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing, contextmanager

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase, Timeouts
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.sessions.session import Verdict
from tests.contracts.rigs import SqlRig, child, promoted
from tests.contracts.stores import rigged
from tests.end_to_end.site import serving, settings
from tests.end_to_end.visitor import problem

pytestmark = pytest.mark.servers

OK, BUSY, UNKNOWN = Verdict.OK, Verdict.BUSY, Verdict.UNKNOWN


@pytest.fixture
def rig(request, tmp_path):
    """Return a store on PostgreSQL."""
    with rigged("postgres", request, tmp_path) as made:
        yield made


@contextmanager
def locked(database, session_id) -> Generator[None]:
    """Hold the row of a session, as a stuck process or an operator does."""
    entered, release = threading.Event(), threading.Event()

    def hold() -> None:
        with database.transaction():
            database.query("SELECT 1 FROM auth_sessions WHERE session_id = %s FOR UPDATE", (session_id,))
            entered.set()
            release.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    try:
        yield
    finally:
        release.set()
        thread.join()


def verdicts(rotations):
    """Return the verdicts alone."""
    return [one.verdict for one in rotations]


def test_a_session_in_use_is_told_apart_from_an_unknown_one(rig):
    """At once: the free ones go on, the locked one is busy, the one that is not there is unknown."""
    tokens = [promoted(rig) for _ in range(4)]
    rig.database.query("DELETE FROM auth_sessions WHERE session_id = %s", (tokens[3].session_id,))
    with locked(rig.database, tokens[1].session_id):
        found = rig.store.rotate_at_once([child(token) for token in tokens])
    assert verdicts(found) == [OK, BUSY, OK, UNKNOWN]
    assert [one.session_id for one in found] == [token.session_id for token in tokens]
    assert verdicts(rig.store.rotate([child(tokens[1])])) == [OK]


def test_a_session_in_use_is_waited_for_by_itself(rig):
    """``rotate`` waits for it when the others are done, and answers in the order of the tokens."""
    tokens = [promoted(rig) for _ in range(3)]
    with locked(rig.database, tokens[0].session_id):
        told = []
        waiting = threading.Thread(target=lambda: told.extend(rig.store.rotate([child(t) for t in tokens])))
        waiting.start()
        sql = "SELECT count(*) AS n FROM auth_sessions WHERE generation > 1"
        while rig.database.query(sql, fetch="one")["n"] < 2:
            assert waiting.is_alive()
    waiting.join()
    assert verdicts(told) == [OK, OK, OK]


def test_a_session_that_stays_locked_is_busy_and_nothing_else_is(postgres_url):
    """There is one time to wait, however many are locked; the free ones are exchanged all the same."""
    with closing(PostgresDatabase(postgres_url, timeouts=Timeouts(lock_seconds=0.05))) as hurried:
        migrate(hurried)
        rig = SqlRig(hurried)
        tokens = [promoted(rig) for _ in range(3)]
        with locked(hurried, tokens[0].session_id), locked(hurried, tokens[2].session_id):
            assert verdicts(rig.store.rotate([child(one) for one in tokens])) == [BUSY, OK, BUSY]


@pytest.mark.slow
def test_others_refresh_while_one_session_is_locked(postgres_url):
    """Over http: they get their answers, the one waits and gets 503 or, when it is free, its own."""
    with serving(settings(DATABASE_URL=postgres_url)) as site:
        ada, bob = site.member("ada"), site.member("bob")
        session = site.auth.show_session(ada.token).session_id
        with closing(PostgresDatabase(postgres_url)) as database, locked(database, session):
            answers = []
            waiting = threading.Thread(target=lambda: answers.append(ada.refresh()))
            waiting.start()
            for _ in range(5):
                assert bob.refresh().status_code == 200
            waiting.join()
            assert problem(answers[0]) == (503, "session_busy")
            assert answers[0].headers["retry-after"] == "1"
        assert ada.refresh().status_code == 200
