"""What somebody had an answer for is in the audit and in the outbox, whatever is killed in the middle."""

from __future__ import annotations

import threading
from base64 import b64encode, urlsafe_b64decode
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
from tests.end_to_end.serving import BIN, until, worker
from tests.end_to_end.site import PLAIN
from tests.end_to_end.visitor import Visitor, problem
from tests.examples.serving import run

pytestmark = pytest.mark.slow

SEALING = "a key that seals the audit of these tests"
ENOUGH = 5  # answers before something is killed, and after it
CROWD = 3  # people at each worker
NOBODY_LISTENS = {
    "WEBHOOK_URL": "http://127.0.0.1:9",
    "WEBHOOK_ALLOW_PRIVATE": "true",
    "WEBHOOK_SECRET": "whsec_" + b64encode(bytes(range(11, 75, 2))).decode(),
}
FRAMEWORKS = ("--factory", "tests.faults.on_file:starlette"), ("tests.faults.on_file:app",)


@pytest.fixture(params=["sqlite", pytest.param("postgres_redis", marks=pytest.mark.servers)])
def place(request, tmp_path):
    """Return the environment of a worker, a database of the test's own, and the Redis, if there is one."""
    env = {**PLAIN, **NOBODY_LISTENS, "ENCRYPTION_KEYS": SEALING}
    redis = None
    if request.param == "sqlite":
        env["DATABASE_URL"] = f"sqlite:///{tmp_path}/auth.sqlite3"
        database = SqliteDatabase(tmp_path / "auth.sqlite3")
    else:
        redis = request.getfixturevalue("own_valkey")
        env |= {"DATABASE_URL": request.getfixturevalue("migrated_url"), "REDIS_URL": redis.url}
        database = PostgresDatabase(env["DATABASE_URL"])
    with closing(database):
        migrate(database)
        yield env, database, redis


@pytest.fixture
def start(closing, tmp_path, place):
    """Return what starts a worker."""

    def begin(*app):
        command = ("uvicorn", *app, "--port", "0")
        made = closing.enter_context(worker(*command, directory=tmp_path, env=place[0]))
        return made, made.origin()

    return begin


class Person(threading.Thread):
    """Logs in and out, or is robbed, again and again; keeps what was answered: event and session."""

    def __init__(self, origin):
        super().__init__(daemon=True)
        self.origin = origin
        self.answered = []
        self.is_over = threading.Event()

    def run(self):
        with closing(Visitor(self.origin)) as visitor:
            while not self.is_over.is_set():
                for end in (self.leave, self.is_robbed):
                    try:
                        self.once(visitor, end)
                    except httpx.HTTPError:  # whoever was killed answered nothing
                        self.is_over.wait(0.05)

    def once(self, visitor, end):
        answer = visitor.login()
        if answer.status_code == 200:
            payload = answer.json()["access_token"].split(".")[1]
            mark = session_mark(loads(urlsafe_b64decode(payload + "=="))["sid"])
            self.answered.append(("login_succeeded", mark))
            self.answered += [(event, mark) for event in end(visitor)]

    @staticmethod
    def leave(visitor):
        return ["logged_out"] if visitor.logout().status_code == 200 else []

    @staticmethod
    def is_robbed(visitor):
        copied = visitor.token
        if {visitor.refresh().status_code for _ in range(3)} != {200}:
            return []
        answer = visitor.present(copied)
        return ["refresh_reused"] if problem(answer) == (401, "refresh_reused") else []

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


def kept(database):
    """Return the events of the outbox, from which nobody takes any."""
    rows = database.query("SELECT facts FROM auth_outbox", fetch="all")
    return {(facts["type"], facts["session"]) for facts in (loads(row["facts"]) for row in rows)}


def test_a_killed_worker_and_a_killed_redis_lose_no_event(start, place, tmp_path):
    """In both worlds: a login, logout or theft that was answered is a row and a message; all is sealed."""
    # LOG-3, F-18, F-25
    env, database, redis = place
    (doomed, origin), (_, other) = (start(*words) for words in FRAMEWORKS)
    Visitor(origin).register()
    people = [Person(one) for one in (origin, other) for _ in range(CROWD)]
    for person in people:
        person.start()
    for person in people:
        person.goes_on()
    doomed.kill()
    if redis is not None:
        redis.kill()
        redis.start()
    for person in people[CROWD:]:
        person.goes_on()
    answered = set.union(*(person.end() for person in people))
    rows, findings = written(database)
    assert len(answered) > 2 * CROWD * ENOUGH
    assert {event for event, _ in answered} == {"login_succeeded", "logged_out", "refresh_reused"}
    assert answered - rows == set()
    assert answered - kept(database) == set()
    assert findings == ()
    until(lambda: database.query("SELECT 1 FROM auth_audit_seals LIMIT 1", fetch="one"))  # the other goes on
    assert run(str(BIN / "jwt-auth"), "audit", "verify", directory=tmp_path, env=env)
