"""Webhooks of two workers, one of which is killed with messages in hand."""

from __future__ import annotations

import signal
from base64 import b64encode, urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from json import loads

import httpx
import pytest

from jwt_auth_core.audit import session_mark
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from tests.databases import SHARED
from tests.end_to_end.serving import until, worker
from tests.end_to_end.site import KEY
from tests.end_to_end.visitor import Visitor

pytestmark = pytest.mark.slow

SECRET = "whsec_" + b64encode(bytes(range(11, 75, 2))).decode()
LOGINS = 6


@pytest.fixture(params=SHARED)
def database(request, tmp_path):
    """Return the URL of a database, and a connection of the test's own."""
    if request.param == "postgres":
        url = request.getfixturevalue("migrated_url")
        made = PostgresDatabase(url)
    else:
        url = f"sqlite:///{tmp_path}/auth.sqlite3"
        made = SqliteDatabase(tmp_path / "auth.sqlite3")
    with closing(made):
        migrate(made)
        yield url, made


@pytest.fixture
def receiver(closing, tmp_path):
    """Return the process of the example, and where it listens."""
    command = ("uvicorn", "examples.webhook_receiver:app", "--port", "0")
    made = closing.enter_context(worker(*command, directory=tmp_path, env={"WEBHOOK_SECRET": SECRET}))
    return made, made.origin()


@pytest.fixture
def start(closing, tmp_path, database, receiver):
    """Return what starts a worker with a mounted auth app, which hears of no start-up."""
    env = {"JWT_KEY": KEY, "COOKIE_SECURE": "false", "DATABASE_URL": database[0]}
    env |= {"WEBHOOK_URL": receiver[1], "WEBHOOK_SECRET": SECRET, "WEBHOOK_ALLOW_PRIVATE": "true"}

    def begin(*command):
        command = command or ("uvicorn", "tests.auth_app.served:app", "--port", "0")
        return closing.enter_context(worker(*command, directory=tmp_path, env=env))

    return begin


def mark(answer):
    """Return the mark of the session that a login opened."""
    assert answer.status_code == 200, answer.text
    payload = answer.json()["access_token"].split(".")[1]
    return session_mark(loads(urlsafe_b64decode(payload + "=="))["sid"])


def login(origin):
    """Log in once; return the mark."""
    visitor = Visitor(origin)
    with closing(visitor):
        return mark(visitor.login())


def received(origin):
    """Return what the receiver has: ids by session."""
    found = {}
    for one in httpx.get(origin, trust_env=False, timeout=60).json():
        if one["event"]["type"] == "login_succeeded":
            found.setdefault(one["event"]["data"]["session"], []).append(one["id"])
    return found


def test_a_killed_worker_loses_no_event(start, database, receiver):
    """What was answered for arrives, and under one id, though it may arrive twice."""
    # F-18, F-25
    _, db = database
    (process, origin), (doomed, other) = receiver, (start(), start())
    places = [doomed.origin(), other.origin()]
    Visitor(places[0]).register()
    process.send(signal.SIGSTOP)
    with ThreadPoolExecutor(2) as threads:
        marks = list(threads.map(login, places * LOGINS))
    owner = f"{doomed.process.pid}@%"
    until(lambda: db.query("SELECT id FROM auth_outbox WHERE lease_owner LIKE %s", (owner,), fetch="all"))
    doomed.kill()
    process.send(signal.SIGCONT)
    # The lease would end by itself, in half a minute.
    db.query("UPDATE auth_outbox SET due_at = created_at WHERE lease_owner LIKE %s", (owner,))
    until(lambda: not db.query("SELECT id FROM auth_outbox"))
    found = received(origin)
    assert set(found) == set(marks)
    assert [ids for ids in found.values() if len(ids) > 1] == []


def test_a_worker_that_is_told_to_end_gives_back_what_it_has(start, database, receiver):
    """All but the one that is on its way are due at once, for others; and the process ends in good order."""
    # F-25, F-27
    _, db = database
    process, _ = receiver
    doomed = start()
    origin = doomed.origin()
    Visitor(origin).register()
    process.send(signal.SIGSTOP)
    for _ in range(LOGINS):
        login(origin)
    doomed.kill()
    leaving = start("jwt-auth", "serve", "--port", "0")
    owned = "SELECT id FROM auth_outbox WHERE lease_owner LIKE %s"
    owner = f"{leaving.process.pid}@%"
    until(lambda: len(db.query(owned, (owner,), fetch="all")) > 1)
    leaving.send(signal.SIGTERM)
    assert leaving.ended() in {0, -signal.SIGTERM}
    assert len(db.query(owned, (owner,), fetch="all")) <= 1
    process.send(signal.SIGCONT)
