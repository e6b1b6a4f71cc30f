"""What the table of devices promises, on both databases."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core import devices as module
from jwt_auth_core.devices import MAX_AGE_SECONDS, MOST_FAILURES, Devices, device_digest
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.vocabulary import Secret
from tests import migrated
from tests.contracts.people import NOBODY, NOW, new
from tests.databases import SHARED


@pytest.fixture(scope="module", params=SHARED)
def database(request, tmp_path_factory):
    """Return a database with our tables."""
    with migrated.opened(request.param, request, tmp_path_factory.mktemp("devices")) as made:
        yield made


@pytest.fixture
def users(database):
    """Return a store of users without any."""
    for statement in ("DELETE FROM auth_accounts", "DELETE FROM users"):
        database.query(statement)
    return SqlUsers(database)


@pytest.fixture
def devices(database):
    """Return the table."""
    return Devices(database)


@pytest.fixture
def ada(users):
    """Return the id of a user."""
    return users.add(new("ada@example.com")).user_id


@pytest.fixture
def eve(users):
    """Return the id of another."""
    return users.add(new("eve@example.com")).user_id


def test_a_device_is_known_where_the_user_signed_in(devices, ada, eve):
    """Nobody else is known there, and no other token is."""
    digest = device_digest(devices.add(ada, now=NOW))
    assert devices.is_known(digest, ada, now=NOW)
    assert not devices.is_known(digest, eve, now=NOW)
    assert not devices.is_known(digest, NOBODY, now=NOW)
    assert not devices.is_known(device_digest(Secret("A" * 43)), ada, now=NOW)


def test_tokens_are_stored_as_digests(devices, database, ada):
    """Whoever reads the table has no token; each is new."""
    tokens = [devices.add(ada, now=NOW).reveal() for _ in range(3)]
    rows = str([tuple(row) for row in database.query("SELECT * FROM auth_devices", fetch="all")])
    assert not any(token in rows for token in tokens)
    assert len(set(tokens)) == 3


@pytest.mark.parametrize(
    "text", ["", "x", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "é", "A" * 43 + "\n"]
)
def test_what_is_no_token_has_no_digest(text):
    """It is as good as none."""
    assert device_digest(Secret(text)) is None
    assert device_digest(None) is None


def test_it_is_known_for_a_year(devices, ada):
    """From the last time that the user signed in there."""
    digest = device_digest(devices.add(ada, now=NOW))
    assert devices.is_known(digest, ada, now=NOW + MAX_AGE_SECONDS - 1)
    assert not devices.is_known(digest, ada, now=NOW + MAX_AGE_SECONDS)
    assert not devices.keep(digest, ada, now=NOW + MAX_AGE_SECONDS)
    assert devices.keep(digest, ada, now=NOW + 10)
    assert devices.is_known(digest, ada, now=NOW + MAX_AGE_SECONDS)


def test_twenty_wrong_passwords_and_it_is_known_no_longer(devices, ada):
    """Unless the user signs in there meanwhile; after that it begins anew."""  # RL-4
    digest = device_digest(devices.add(ada, now=NOW))
    for _ in range(MOST_FAILURES - 1):
        devices.count_failure(digest, ada)
    assert devices.keep(digest, ada, now=NOW)
    for _ in range(MOST_FAILURES):
        assert devices.is_known(digest, ada, now=NOW)
        devices.count_failure(digest, ada)
    assert not devices.is_known(digest, ada, now=NOW)
    assert not devices.keep(digest, ada, now=NOW)
    devices.forgive(ada)
    assert devices.is_known(digest, ada, now=NOW)


def test_of_many_wrong_passwords_at_once_each_is_counted(devices, ada):
    """Ten threads, twenty in all."""
    digest = device_digest(devices.add(ada, now=NOW))
    begin = threading.Barrier(10)

    def work():
        begin.wait(60)
        for _ in range(2):
            assert devices.is_known(digest, ada, now=NOW)
            devices.count_failure(digest, ada)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not devices.is_known(digest, ada, now=NOW)


def test_one_browser_has_one_token(devices, ada, eve):
    """When another user signs in it gets a new one, for both; a copy of the old one is nothing."""
    before = device_digest(devices.add(ada, now=NOW))
    after = device_digest(devices.add(eve, now=NOW, before=before))
    assert [devices.is_known(after, one, now=NOW) for one in (ada, eve)] == [True, True]
    assert [devices.is_known(before, one, now=NOW) for one in (ada, eve)] == [False, False]


def test_who_signs_in_again_is_known_again(devices, ada):
    """After too many wrong passwords, and under a new token; there is one row of it."""
    before = device_digest(devices.add(ada, now=NOW))
    for _ in range(MOST_FAILURES):
        devices.count_failure(before, ada)
    after = device_digest(devices.add(ada, now=NOW, before=before))
    assert devices.is_known(after, ada, now=NOW)
    assert devices.of_user(ada) == [after]


def test_those_that_came_back_stay(devices, ada, monkeypatch):
    """Of too many the oldest that never came back go first: a script without a memory costs nobody hers."""
    monkeypatch.setattr(module, "MOST_DEVICES", 3)
    own = device_digest(devices.add(ada, now=NOW))
    devices.keep(own, ada, now=NOW + 1)
    others = [device_digest(devices.add(ada, now=NOW + 10 + number)) for number in range(5)]
    assert devices.of_user(ada) == [others[4], others[3], own]


def test_those_of_another_stay(devices, ada, eve, monkeypatch):
    """Room is made among a user's own."""
    monkeypatch.setattr(module, "MOST_DEVICES", 1)
    of_eve = device_digest(devices.add(eve, now=NOW))
    devices.add(ada, now=NOW)
    devices.add(ada, now=NOW)
    assert (len(devices.of_user(ada)), devices.of_user(eve)) == (1, [of_eve])


def test_those_of_before_a_year_go(devices, ada):
    """When the user signs in elsewhere."""
    devices.add(ada, now=NOW)
    new_one = device_digest(devices.add(ada, now=NOW + MAX_AGE_SECONDS))
    assert devices.of_user(ada) == [new_one]


def test_they_go_with_the_user(devices, users, ada, eve):
    """Nothing is left of a deleted user, and nobody adds to it; a neighbour at the browser stays."""
    before = device_digest(devices.add(eve, now=NOW))
    token = device_digest(devices.add(ada, now=NOW, before=before))
    users.delete(ada)
    assert devices.of_user(ada) == []
    devices.add(ada, now=NOW)
    assert devices.of_user(ada) == []
    assert devices.is_known(token, eve, now=NOW)
