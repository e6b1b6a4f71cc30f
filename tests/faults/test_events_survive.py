"""Events that somebody had an answer for are in the audit, whatever is killed in the middle."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64decode
from contextlib import closing
from json import loads

import httpx
import pytest

from jwt_auth_core.audit import session_mark
from jwt_auth_core.audit.audit import Audit
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.vocabulary import Secret
from tests.end_to_end.serving import until, worker
from tests.end_to_end.site import PLAIN
from tests.end_to_end.visitor import Visitor

pytestmark = pytest.mark.slow

SEALING = "a key that seals the audit of these tests"
ENOUGH = 5  # answers before something is killed, and after it


@pytest.fixture(params=["sqlite", pytest.param("postgres_redis", marks=pytest.mark.servers)])
def place(request, tmp_path):
    """Return the environment of a worker, a database of the test's own, and the Redis, if there is one."""
    env = {**PLAIN, "ENCRYPTION_KEYS": SEALING}
    redis = None
    if request.param == "sqlite":
        env["DATABASE_URL"] = f"sqlite:///{tmp_path}/auth.sqlite3"
        database = SqliteDatabase(tmp_path / "auth.sqlite3")
    else:
        redis = request.getfixturevalue("own_valkey")
        env |= {"DATABASE_URL": request.getfixturevalue("postgres_url"), "REDIS_URL": redis.url}
        database = PostgresDatabase(env["DATABASE_URL"])
    with closing(database):
        migrate(database)
        yield env, database, redis


@pytest.fixture
def start(closing, tmp_path, place):
    """Return what starts a worker."""

    def begin():
        command = ("uvicorn", "tests.faults.on_file:app", "--port", "0")
        made = closing.enter_context(worker(*command, directory=tmp_path, env=place[0]))
        return made, made.origin()

    return begin


class Person(threading.Thread):
    """Logs in, guesses and logs out, again and again, and keeps what was answered: event and session."""

    def __init__(self, origin):
        super().__init__(daemon=True)
        self.origin = origin
        self.answered = []
        self.is_over = threading.Event()

    def run(self):
        with closing(Visitor(self.origin)) as visitor:
            while not self.is_over.is_set():
                try:
                    self.once(visitor)
                except httpx.HTTPError:  # whoever was killed answered nothing
                    self.is_over.wait(0.05)

    def once(self, visitor):
        answer = visitor.login()
        if answer.status_code != 200:
            return
        payload = answer.json()["access_token"].split(".")[1]
        mark = session_mark(loads(urlsafe_b64decode(payload + "=="))["sid"])
        self.answered.append(("login_succeeded", mark))
        if visitor.logout().status_code == 200:
            self.answered.append(("logged_out", mark))

    def goes_on(self):
        """Wait until some more was answered."""
        before = len(self.answered)
        until(lambda: len(self.answered) >= before + ENOUGH)

    def end(self):
        """Stop; return what was answered."""
        self.is_over.set()
        self.join(60)
        assert not self.is_alive()
        return set(self.answered)


def written(database):
    """Return the events of the audit, and what a verification finds."""
    audit = Audit(database, [Secret(SEALING)], clock=lambda: 2_000_000_000)
    return {(row.name, row.session) for row in audit.rows()}, audit.verify().findings


def test_a_killed_worker_and_a_killed_redis_lose_no_event(start, place):
    """In both worlds: every login and logout that was answered is a row, and the chain is whole."""
    # LOG-3, F-18
    _, database, redis = place
    (doomed, origin), (_, other) = start(), start()
    Visitor(origin).register()
    people = [Person(origin), Person(other)]
    for person in people:
        person.start()
        person.goes_on()
    doomed.kill()
    if redis is not None:
        redis.kill()
        redis.start()
    people[1].goes_on()
    answered = set.union(*(person.end() for person in people))
    rows, findings = written(database)
    assert len(answered) > 2 * ENOUGH
    assert answered - rows == set()
    assert findings == ()
