"""What a store of challenges promises, on SQLite and PostgreSQL; two connections stand for two processes."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from jwt_auth_core.one_time.challenge import CHALLENGE_ATTEMPTS, BegunLogin
from jwt_auth_core.one_time.challenges import FORGET_EVERY, SqlChallenges
from jwt_auth_core.users.sql import SqlUsers
from tests import migrated
from tests.contracts.people import new
from tests.databases import DATABASES

START = 1_800_000_000


@pytest.fixture(params=DATABASES)
def ground(request, tmp_path):
    """Return a store, its clock, and a login of Ada."""
    with migrated.opened(request.param, request, tmp_path) as database:
        users = SqlUsers(database)
        ada, here = users.add(new("ada@example.com")).user_id, SimpleNamespace(now=START, db=database)
        here.store = SqlChallenges(database, clock=lambda: here.now)
        here.users, here.login = users, BegunLogin(ada, ("pwd", "user"), 3, "digest", "session")
        yield here


def test_a_challenge_stands_for_what_was_put(ground):
    """Whole, however often it is looked at; an unknown one stands for nothing."""
    ground.store.put("d", ground.login, seconds=300)
    assert ground.store.find("d") == ground.store.find("d") == ground.login
    assert ground.store.find("e") is None


def test_its_time_ends(ground):
    """With the second that it names."""
    ground.store.put("d", ground.login, seconds=300)
    ground.now += 299
    assert ground.store.find("d") is not None
    ground.now += 1
    assert ground.store.find("d") is None


def test_without_a_clock_the_time_is_the_databases(ground):
    """Both when it is put and when it is found."""
    store = SqlChallenges(ground.db)
    store.put("d", ground.login, seconds=300)
    assert store.find("d") == ground.login


def test_so_many_attempts_are_left(ground):
    """Of many at once no more are told that one was."""
    ground.store.put("d", ground.login, seconds=300)
    found = at_once(lambda: ground.store.attempt("d"), 12)
    assert found.count(True) == CHALLENGE_ATTEMPTS
    assert not ground.store.attempt("e")


def test_one_takes_it(ground):
    """Of many at once; then it is gone."""
    ground.store.put("d", ground.login, seconds=300)
    assert at_once(lambda: ground.store.take("d"), 12).count(True) == 1
    assert ground.store.find("d") is None


def test_it_goes_with_its_user(ground):
    """Nothing of the account is left."""
    ground.store.put("d", ground.login, seconds=300)
    ground.users.delete(ground.login.user_id)
    assert ground.store.find("d") is None


def test_old_ones_go_when_new_ones_come(ground):
    """Every so often, some at a time."""
    ground.store.put("old", ground.login, seconds=300)
    ground.now += 300
    for number in range(FORGET_EVERY):
        ground.store.put(str(number), ground.login, seconds=300)
    rows = ground.db.query("SELECT digest FROM auth_login_challenges", fetch="all")
    assert "old" not in {row["digest"] for row in rows}
    assert len(rows) == FORGET_EVERY


def at_once(call, times):
    """Return what so many calls at once returned."""
    found, start = [], threading.Barrier(times)

    def run():
        start.wait()
        found.append(call())

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
