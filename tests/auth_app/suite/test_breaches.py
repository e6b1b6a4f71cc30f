"""Passwords that a breach service knows: refused where one is set, and asked about nowhere else."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from jwt_auth_core import assemble
from jwt_auth_core.auth import Auth
from jwt_auth_core.passwords import PasswordPolicy, Passwords
from jwt_auth_core.passwords.pwned import PwnedPasswords
from jwt_auth_core.vocabulary import Secret
from tests.auth_app.suite.client import PASSWORD, Client, problem
from tests.auth_app.world import settings
from tests.cheap import CHEAP, CheapHasher
from tests.passwords.range_server import serving

patient = partial(PwnedPasswords, seconds=30.0)  # on a busy machine a second is soon over
LEAKED = "an unremarkable phrase of twelve thousand accounts"


class Known:
    """A breach service that notes where it is asked."""

    def __init__(self):
        self.threads = []

    def knows(self, password):
        self.threads.append(threading.current_thread().name)
        return password.reveal() == LEAKED


@pytest.fixture
def known():
    return Known()


@pytest.fixture
def client(app_factory, known):
    """Return a client of an application that asks it."""
    passwords = Passwords(CheapHasher(CHEAP), PasswordPolicy.default(), known)
    auth = Auth.from_settings(settings(), passwords=passwords)
    yield Client(app_factory(auth))
    auth.close()


def test_a_leaked_password_is_not_registered(client):
    """It is one field error, as the others are, and no account is made."""  # PW-03
    answer = client.register(password=LEAKED)
    assert problem(answer) == (422, "invalid_input")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("password", "breached")
    ]
    assert client.register().status_code == 201


def test_a_password_is_not_changed_to_a_leaked_one(client):
    """The old one stays, and so does the session."""  # PW-03
    client.register()
    bearing = {"authorization": f"Bearer {client.login().json()['access_token']}"}
    change = {"current_password": PASSWORD, "new_password": LEAKED}
    answer = client.post("/auth/password", json=change, headers=bearing)
    assert problem(answer) == (422, "invalid_input")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("new_password", "breached")
    ]
    assert client.refresh().status_code == 200


def test_it_is_asked_where_passwords_are_hashed(client, known):
    """Never on the event loop, and not at login."""  # PW-03, PW-06
    client.register()
    client.login()
    assert len(known.threads) == 1
    assert known.threads[0].startswith("jwt-auth-hash-")


def test_it_is_not_asked_about_what_is_refused_anyway(client, known):
    """A password with another fault leaves the house in no form."""
    client.register(password="password1")
    client.register(password="short")
    assert known.threads == []


def test_the_setting_names_the_service(monkeypatch):
    """Unset, nobody is asked; set, whoever speaks the protocol there."""  # PW-03
    assert assemble.passwords(settings()).breach_problems(Secret(PASSWORD)) == []
    with serving() as service:
        service.counts[PASSWORD] = 3
        monkeypatch.setattr("jwt_auth_core.passwords.pwned.PwnedPasswords", patient)
        passwords = assemble.passwords(settings(PASSWORD_BREACH_URL=service.url))
        assert [error.code for error in passwords.breach_problems(Secret(PASSWORD))] == ["breached"]
