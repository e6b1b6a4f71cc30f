"""`jwt-auth audit tail | export | verify | prune`."""

from __future__ import annotations

import json
import re
import sqlite3
import time

import pytest

from jwt_auth_asgi import cli
from jwt_auth_asgi.cli import audit as commands
from jwt_auth_core import Auth, Client, Settings
from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.flows.sessions.login import LoginAttempt

KEYS = "a key that seals what happened: 1a2b3c4d"


@pytest.fixture
def auth(place, monkeypatch):  # noqa: ARG001 - its directory is where the stores are made
    """Return an `Auth` of another process than the commands', which seals when the tests say so."""
    monkeypatch.setenv("ENCRYPTION_KEYS", KEYS)
    made = Auth.from_settings(Settings.from_env())
    made.audit._repeating.is_closed = True
    yield made
    made.close()


@pytest.fixture
def says(capsys):
    """Return what runs a command and returns its status and what it printed."""

    def run(*words: str) -> tuple[int, str]:
        status = cli.main(["audit", *words])
        return status, capsys.readouterr().out

    return run


def fail(auth, count=1, agent="curl"):
    """Have logins fail."""
    for _ in range(count):
        with pytest.raises(InvalidCredentialsError):
            auth.login(
                LoginAttempt.parse({"email": "x@example.com", "password": "no"}), Client("192.0.2.5", agent)
            )


def edit(tmp_path, sql):
    """Do what a stranger with the file does."""
    with sqlite3.connect(tmp_path / "var" / "jwt-auth.sqlite3") as file:
        file.execute(sql)
    file.close()


def test_the_newest_events_are_a_table(auth, says):
    """One line an event, the newest last."""
    fail(auth, 3)
    status, said = says("tail", "-n", "2")
    head, *lines = said.splitlines()
    assert status == 0
    assert head.split()[:4] == ["time", "id", "event", "outcome"]
    assert [line.split()[1:4] for line in lines] == [
        ["2", "login_failed", "failure"],
        ["3", "login_failed", "failure"],
    ]
    assert "192.0.2.5" in lines[0]


def test_they_are_json_where_a_program_reads_them(auth, says):
    """Each line is one object with every column."""
    fail(auth, agent="a\nb")
    _, said = says("tail", "--json")
    (event,) = map(json.loads, said.splitlines())
    assert event["name"] == "login_failed"
    assert event["user_agent"] == "a\\nb"
    assert len(event["mac"]) == 64


def test_the_tail_is_followed(auth, says, monkeypatch):
    """What happens later is shown as it happens, once, until Ctrl-C."""
    fail(auth)
    pauses = []

    def pause(_seconds):
        pauses.append(1)
        if len(pauses) == 3:
            raise KeyboardInterrupt
        fail(auth)

    monkeypatch.setattr(commands.time, "sleep", pause)
    status, said = says("tail", "-n", "0", "--follow", "--json")
    assert status == 0
    assert [json.loads(line)["id"] for line in said.splitlines()] == [2, 3]


def test_old_ids_are_forgotten_while_following(auth, says, monkeypatch):
    """However long it runs, it keeps a bounded number."""
    monkeypatch.setattr(commands, "LOOK_BACK", 1)
    fail(auth, 4)
    monkeypatch.setattr(commands.time, "sleep", interrupt)
    assert says("tail", "--follow")[0] == 0


def interrupt(_seconds):
    """Be the user who has seen enough."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("since", "count"), [("1d", 1), ("2000-01-01", 1), ("2000-01-01T12:00:00+02:00", 1), ("2999-12-31", 0)]
)
def test_events_are_exported_since_a_time(auth, says, since, count):
    """A date, a date with its zone, or an age."""
    fail(auth)
    _, said = says("export", "--since", since, "--json")
    assert len(said.splitlines()) == count


@pytest.mark.parametrize("words", [["export", "--since", "yesterday"], ["verify", "--seal", "1"], ["export"]])
@pytest.mark.usefixtures("auth")
def test_a_wrong_word_is_a_wrong_call(words):
    """Status 2, as everywhere."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["audit", *words])
    assert ended.value.code == 2


def test_an_honest_trail_is_verified(auth, says):
    """The last seal is told, to be compared with the log."""
    fail(auth, 2)
    auth.audit.seal()
    fail(auth)
    status, said = says("verify")
    assert status == 0
    assert said.startswith("3 rows, 1 seals, 0 findings\n1 rows are not under a seal yet")
    seal = re.search(r"the last seal is (1:[0-9a-f]{64})", said)[1]
    assert says("verify", "--seal", seal)[0] == 0
    assert says("verify", "--seal", "1:" + "0" * 64)[0] == 1


def test_a_trail_without_seals_proves_nothing(auth, says, tmp_path):
    """Status 1 where none was made yet, and where somebody took them all away."""
    status, said = says("verify")
    assert (status, "there is nothing to verify" in said) == (0, True)
    fail(auth)
    status, said = says("verify")
    assert (status, "nothing is sealed: nobody can tell what was here" in said) == (1, True)
    auth.audit.seal()
    assert says("verify")[0] == 0
    edit(tmp_path, "DELETE FROM auth_audit_seals")
    status, said = says("verify", "--json")
    assert (status, json.loads(said)["is_proof"]) == (1, False)


def test_an_edited_trail_is_told(auth, says, tmp_path):
    """Status 1, and a line for each finding; a terminal is not moved by what was written there."""
    fail(auth, 2)
    auth.audit.seal()
    edit(tmp_path, "UPDATE auth_audit SET address = char(27) || '[31m' WHERE id = 2")
    status, said = says("verify")
    assert (status, said.splitlines()[0]) == (1, "row 2 is not what seal 1 was put on")
    status, said = says("verify", "--json")
    assert json.loads(said)["findings"][0]["row"] == 2
    assert "\x1b" not in says("tail")[1]


@pytest.mark.usefixtures("auth")
def test_rows_without_a_key_are_told(says, monkeypatch):
    """Nothing can be said of them."""
    monkeypatch.delenv("ENCRYPTION_KEYS")
    plain = Auth.from_settings(Settings.from_env())
    fail(plain)
    plain.close()
    status, said = says("verify")
    assert status == 1
    assert "1 rows have no HMAC" in said
    assert "nothing can be verified without ENCRYPTION_KEYS" in said


def test_old_events_are_pruned(auth, says):
    """What went is told, and the trail is still whole."""
    fail(auth, 2)
    auth.audit.seal()
    later = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 60))
    assert says("prune", "--before", later) == (0, "removed 2 rows; pruned through seal 1\n")
    assert json.loads(says("prune", "--before", later, "--json")[1]) == {"rows": 0, "through": 1}
    assert says("verify")[0] == 0


def test_a_time_that_is_none_is_shown_as_it_is(auth, says, tmp_path):
    """What a stranger wrote into the column stops no list."""
    fail(auth)
    edit(tmp_path, "UPDATE auth_audit SET at = 'never'")
    assert "never" in says("tail")[1]
