"""What a failed login asks of the database: the same, whatever it fails for."""

from __future__ import annotations

import threading

import pytest

from jwt_auth_core.database import sqlite
from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client
from tests.flows.conftest import KEY, PASSWORD, World

pytestmark = pytest.mark.limited

HERE = Client("192.0.2.1", limit_key="192.0.2.1")
UPDATES = {
    "disabled": "UPDATE auth_accounts SET disabled_at = 1",
    "about to be erased": "UPDATE auth_accounts SET deletion_at = 1",
    "of an unusable hash": "UPDATE users SET password_hash = 'md5!'",
}


@pytest.fixture
def world(tmp_path):
    """Return a world on a file, where Ada is registered, and whose connections are open."""
    world = World(Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": f"sqlite:///{tmp_path}/auth.sqlite3"}))
    world.register()
    failed(world, [], "nobody@example.com", "another password")
    yield world
    world.auth.close()


@pytest.fixture
def asked(monkeypatch):
    """Return the statements that this thread gives a database, as they come."""
    found, execute, here = [], sqlite._Connection.execute, threading.get_ident()

    def noted(self, text, values=()):
        if threading.get_ident() == here:
            found.append(text)
        return execute(self, text, values)

    monkeypatch.setattr(sqlite._Connection, "execute", noted)
    return found


def failed(world, asked, email="ada@example.com", password=PASSWORD):
    """Return what a login asked that failed."""
    asked.clear()
    with pytest.raises(InvalidCredentialsError):
        world.auth.login(LoginAttempt.parse({"email": email, "password": password}), HERE)
    return list(asked)


@pytest.mark.parametrize("account", UPDATES)
def test_an_account_that_refuses_asks_what_nobody_does(world, asked, account):
    """The right password of one that admits nobody takes the steps of an unknown address."""
    # ENUM-1
    unknown = failed(world, asked, "nobody@example.com")
    world.stores.database.query(UPDATES[account])
    assert failed(world, asked) == unknown


def test_a_wrong_password_asks_what_an_unknown_address_does(world, asked):
    """Statement by statement, also of a wrong one that came before."""
    # ENUM-1
    for _ in range(2):
        unknown = failed(world, asked, "nobody@example.com", "not the right one")
        assert failed(world, asked, password="not the right one") == unknown
