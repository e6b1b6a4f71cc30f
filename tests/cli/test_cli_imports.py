"""`jwt-auth import FILE --from ...` and `jwt-auth export`, as an operator runs them."""

from __future__ import annotations

import io
import json
import os
import stat

import pytest

from jwt_auth_asgi import cli
from jwt_auth_asgi.cli import imports
from jwt_auth_asgi.cli.progress import Progress
from tests.imports.conftest import FILES

PEOPLE = str(FILES / "people.csv")


def count(auth):
    """Return how many users there are."""
    return auth.database.query("SELECT COUNT(*) AS n FROM users", fetch="one")["n"]


def test_a_file_is_imported(auth, capsys):
    """Counts on standard output, reasons with their lines on the other; who is refused makes it fail."""
    auth.migrate()
    assert cli.main(["import", PEOPLE, "--from", "csv", "--column", "id=uid"]) == 1
    said = capsys.readouterr()
    assert said.out == "1 users created, 0 are there already, 2 refused\n"
    assert [line.partition(":")[0] for line in said.err.splitlines()] == ["line 3", "line 4"]
    assert "md5:abc" not in said.err
    assert count(auth) == 1


def test_a_rehearsal_writes_nothing(auth, capsys):
    """For programs it is one JSON object."""
    auth.migrate()
    assert cli.main(["import", PEOPLE, "--from", "csv", "--dry-run", "--json"]) == 1
    counts = {"created": 1, "there": 0, "refused": 2, "left_behind": 0}
    assert json.loads(capsys.readouterr().out) == {"dry_run": True, **counts}
    assert cli.main(["import", PEOPLE, "--from", "csv", "--dry-run"]) == 1
    assert capsys.readouterr().out.startswith("1 users to create")
    assert count(auth) == 0


def test_a_clean_import_succeeds(auth, capsys, place):
    """Also where some came without a factor, which is said."""
    auth.migrate()
    (place / "one.json").write_text(
        '{"users": [{"email": "ada@example.com", "credentials": [{"type": "webauthn"}]}]}'
    )
    assert cli.main(["import", "one.json", "--from", "keycloak", "--role", "editor=editor"]) == 1
    auth.roles.define("editor", {"posts:*"})
    assert cli.main(["import", "one.json", "--from", "keycloak", "--role", "editor=editor"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "1 of them came without one of their factors"
    assert said.err.splitlines()[-1] == "line 1: came without: webauthn"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere.csv", "--from", "csv"], "FILE: No such file or directory"),
        ([PEOPLE, "--from", "csv", "--column", "id"], "--column: must be OLD=NEW"),
        ([PEOPLE, "--from", "csv", "--role", "=x"], "--role: must be OLD=NEW"),
        ([PEOPLE, "--from", "firebase", "--hash-config", "nowhere"], "--hash-config: No such file"),
        ([PEOPLE, "--from", "firebase", "--hash-config", "octets"], "--hash-config: it is no UTF-8"),
        (["octets", "--from", "auth0"], "line 1: it is no JSON"),
        ([PEOPLE, "--from", "keycloak"], "line 1: it is no JSON"),
        ([PEOPLE, "--from", "django"], "line 1: it is no JSON"),
    ],
)
def test_what_cannot_be_read_is_said(auth, capsys, place, words, message):
    """In one sentence."""
    auth.migrate()
    (place / "octets").write_bytes(b"\xff\xfe\n")
    assert cli.main(["import", *words]) == 1
    assert message in capsys.readouterr().err


def test_a_pipe_is_refused(auth, capsys):
    """A stopped import reads its file again."""
    auth.migrate()
    reader, writer = os.pipe()
    os.close(writer)
    assert cli.main(["import", f"/dev/fd/{reader}", "--from", "csv"]) == 1
    os.close(reader)
    assert "FILE: it is a pipe: write it to a file" in capsys.readouterr().err


def test_a_database_out_of_reach_is_said(place, capsys, monkeypatch):  # noqa: ARG001 - its directory is empty
    """Before anything is read."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nowhere")
    assert cli.main(["import", PEOPLE, "--from", "csv"]) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_who_stops_an_import_is_told_how_to_go_on(auth, capsys, monkeypatch):
    """What was created is kept."""
    auth.migrate()

    def stop(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(imports, "_run", stop)
    assert cli.main(["import", PEOPLE, "--from", "csv"]) == 130
    assert "run the same command again" in capsys.readouterr().err


def test_an_export_is_imported_again(auth, capsys, place, monkeypatch):
    """A file that its owner alone may read, with hashes where that is asked for."""
    auth.migrate()
    cli.main(["import", PEOPLE, "--from", "csv"])
    assert cli.main(["export", "--hashes", "users.jsonl"]) == 0
    assert stat.S_IMODE((place / "users.jsonl").stat().st_mode) == 0o600
    assert not (place / "users.jsonl.part").exists()
    capsys.readouterr()
    assert cli.main(["export"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["email"] == "ada@example.com"
    assert "password_hash" not in line
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{place / 'other.sqlite3'}")
    assert cli.main(["migrate"]) == 0
    assert cli.main(["import", "users.jsonl", "--from", "jwt-auth"]) == 0


def test_an_export_that_cannot_be_written_is_said(auth, capsys):
    """And leaves nothing."""
    auth.migrate()
    assert cli.main(["export", "nowhere/users.jsonl"]) == 1
    assert "FILE: No such file or directory" in capsys.readouterr().err


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self):
        """Say so."""
        return True


def test_progress_is_drawn_on_a_terminal_alone():
    """Share, users and speed, at most ten times a second; and taken away for other lines."""
    times = iter([0.0, 1.0, 1.01, 2.0])
    terminal, pipe = Terminal(), io.StringIO()
    progress = Progress(terminal, total=200, monotonic=lambda: next(times))
    for done, users in ((50, 1000), (60, 1100), (200, 4000)):
        progress.show(done, users)
    progress.clear()
    drawn = terminal.getvalue().split("\r")
    assert drawn[1] == "[#######                       ]  25%  1,000 users, 1,000 a second \x1b[K"
    assert drawn[2].startswith("[##############################] 100%  4,000 users, 2,000 a second")
    assert (len(drawn), drawn[3]) == (4, "\x1b[K")
    Progress(pipe, total=1).show(1, 1)
    Progress(pipe, total=1).clear()
    assert pipe.getvalue() == ""
