"""`jwt-auth sessions list | revoke` and `jwt-auth users disable | enable | delete`."""

from __future__ import annotations

import re

import pytest

from jwt_auth_asgi import cli
from jwt_auth_core import Client
from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login import LoginAttempt

ADA = {"email": "ada@example.com", "password": "a long and quiet river", "first_name": "A", "last_name": "B"}
COMMANDS = [
    ("sessions", "list"),
    ("sessions", "revoke", "--all"),
    ("users", "disable"),
    ("users", "enable"),
    ("users", "delete"),
]


@pytest.fixture
def auth(auth):
    """Return the `Auth` with one user."""
    auth.register(auth.register.parse(ADA), Client())
    return auth


@pytest.fixture
def says(capsys):
    """Return what runs a command and returns what it printed."""

    def run(*words: str) -> str:
        assert cli.main(words) == 0
        return capsys.readouterr().out

    return run


def login(auth, **client) -> Grant:
    """Log Ada in."""
    return auth.login(LoginAttempt.parse(ADA), Client(**client))


def is_over(auth, grant) -> bool:
    """Tell whether the session of a grant is over."""
    (answer,) = auth.refresh([grant.refresh_token.reveal()])
    return not isinstance(answer, Grant)


def test_sessions_are_listed(auth, says):
    """One line each, with times to read, and nothing that a terminal would obey."""
    # RF-14, LOG-2
    one = login(auth, address="203.0.113.9", user_agent="curl\x1b[31m")
    two = login(auth)
    lines = says("sessions", "list", "ada@example.com").splitlines()
    assert {line.split()[0] for line in lines} == {one.session_id, two.session_id}
    assert all(len(re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line)) == 3 for line in lines)
    assert "203.0.113.9" in "".join(lines)
    assert "\x1b" not in "".join(lines)


def test_nobody_at_home_is_said(auth, says):  # noqa: ARG001 - the user is there
    """An empty list is a sentence."""
    assert says("sessions", "list", "ADA@example.com") == "ada@example.com is logged in nowhere\n"


def test_one_session_is_ended(auth, says):
    """By the id that the list shows; another goes on."""
    # RF-14
    one, other = login(auth), login(auth)
    assert says("sessions", "revoke", one.session_id) == f"ended {one.session_id}\n"
    assert is_over(auth, one)
    assert not is_over(auth, other)


def test_all_sessions_are_ended(auth, says):
    """The user may log in again."""
    # RF-11
    grants = [login(auth), login(auth)]
    assert says("sessions", "revoke", "--all", "ada@example.com") == (
        "ended every session of ada@example.com\n"
    )
    assert all(is_over(auth, grant) for grant in grants)
    assert not is_over(auth, login(auth))


def test_a_user_is_disabled_and_enabled(auth, says):
    """Disabled nobody gets in; enabled one logs in anew."""
    # RF-11
    grant = login(auth)
    assert says("users", "disable", "ada@example.com").startswith("disabled ada@example.com")
    with pytest.raises(InvalidCredentialsError):
        login(auth)
    assert says("users", "enable", "ada@example.com") == "enabled ada@example.com\n"
    assert is_over(auth, grant)
    assert not is_over(auth, login(auth))


def test_a_user_is_deleted(auth, says):
    """With every session; the address is free."""
    # RF-11
    grant = login(auth)
    assert says("users", "delete", "ada@example.com").startswith("deleted ada@example.com")
    assert is_over(auth, grant)
    assert auth.register(auth.register.parse(ADA), Client())


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize("email", ["eve@example.com", "no address"])
def test_nobody_is_told(auth, capsys, words, email):  # noqa: ARG001 - its directory
    """An address of nobody's is one sentence and exit status 1."""
    assert cli.main([*words, email]) == 1
    assert capsys.readouterr() == ("", "jwt-auth: no such user\n")


@pytest.mark.parametrize("session_id", ["0" * 32, "nonsense"])
def test_an_unknown_session_is_told(auth, capsys, session_id):  # noqa: ARG001 - its directory
    """One sentence and exit status 1."""
    assert cli.main(["sessions", "revoke", session_id]) == 1
    assert capsys.readouterr() == ("", "jwt-auth: no such session\n")


@pytest.mark.parametrize("words", [["revoke"], ["revoke", "0" * 32, "--all", "a@b.c"], ["list"]])
def test_a_wrong_call_exits_with_2(words, capsys):
    """One of the two, not none and not both."""
    with pytest.raises(SystemExit) as caught:
        cli.main(["sessions", *words])
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("words", COMMANDS)
def test_help_is_given(words, capsys):
    """Every command explains itself."""
    with pytest.raises(SystemExit) as caught:
        cli.main([*words[:2], "--help"])
    assert caught.value.code == 0
    assert f"usage: jwt-auth {words[0]} {words[1]}" in capsys.readouterr().out
