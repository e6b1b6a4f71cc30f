"""What the count of wrong passwords in a row promises, on both databases."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.users.failures import PasswordFailures
from jwt_auth_core.users.sql import SqlUsers
from tests import migrated
from tests.contracts.people import NOBODY, new
from tests.databases import SHARED


@pytest.fixture(scope="module", params=SHARED)
def database(request, tmp_path_factory):
    """Return a database with our tables."""
    with migrated.opened(request.param, request, tmp_path_factory.mktemp("failures")) as made:
        yield made


@pytest.fixture
def failures(database):
    """Return the count, and nobody has any."""
    for statement in ("DELETE FROM auth_accounts", "DELETE FROM users"):
        database.query(statement)
    return PasswordFailures(database)


@pytest.fixture
def users(database, failures):
    """Return the store of users, which is empty."""
    del failures
    return SqlUsers(database)


def test_it_counts_to_its_end(failures, users):
    """And the user as found has it, by id and by address; nobody has none."""  # RL-4
    ada = users.add(new("ada@example.com")).user_id
    assert [failures.count(ada, most=3) for _ in range(5)] == [1, 2, 3, None, None]
    assert users.find(ada).password_failures == 3
    assert users.find_by_email("ada@example.com").password_failures == 3
    assert failures.count(NOBODY, most=3) is None


def test_it_begins_anew(failures, users):
    """Of one user, and tells whether there was anything."""
    ada, eve = (users.add(new(email)).user_id for email in ("ada@example.com", "eve@example.com"))
    for one in (ada, eve):
        failures.count(one, most=3)
    assert (failures.clear(ada), failures.clear(ada), failures.clear(NOBODY)) == (True, False, False)
    assert (users.find(ada).password_failures, users.find(eve).password_failures) == (0, 1)


def test_of_many_at_once_each_is_counted(failures, users):
    """Ten threads: no number comes twice, and none is missing."""
    ada = users.add(new("ada@example.com")).user_id
    found, begin = [], threading.Barrier(10)

    def work():
        begin.wait(60)
        found.extend(failures.count(ada, most=15) for _ in range(2))

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(one for one in found if one is not None) == [*range(1, 16)]
