"""The command line: what it prints, and one sentence for everything that goes wrong."""

from __future__ import annotations

import getpass
import io
import os
import sys

import pytest

from jwt_auth_asgi import cli
from jwt_auth_asgi.cli import server
from jwt_auth_core import Client
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.users.user import User
from tests.cli.conftest import KEY

pytestmark = pytest.mark.usefixtures("place")

PASSWORD = "a long and quiet river"
ADA = {"email": "ada@example.com", "password": PASSWORD, "first_name": "Ada", "last_name": "B"}


@pytest.fixture
def fails(capsys):
    """Return what runs a command that must fail with one sentence, and returns the sentence."""

    def run(*words: str) -> str:
        assert cli.main(words) == 1
        out, err = capsys.readouterr()
        assert (out, err.count("\n"), "Traceback" in err) == ("", 1, False)
        return err

    return run


def typed(monkeypatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def register(auth) -> User:
    return auth.register(auth.register.parse(ADA), Client())


def test_migrate_says_what_it_did(capsys):
    """The embedded file is up to date at once; a second run has nothing to do."""
    assert cli.main(["migrate"]) == 0
    assert capsys.readouterr().out == "nothing to do; the schema is up to date\n"


@pytest.mark.servers
def test_migrate_makes_the_schema_of_postgresql(postgres_url, monkeypatch, capsys):
    """The first run lists what it applied; the second has nothing to do."""  # SQL-6
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    assert [cli.main(["migrate"]), cli.main(["migrate"])] == [0, 0]
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("applied: 0001")
    assert second.startswith("nothing to do")


def test_a_user_is_added_with_scopes(auth, monkeypatch, capsys):
    """The password comes from standard input; the user can log in and has the scopes."""
    typed(monkeypatch, PASSWORD + "\n")
    words = ["users", "add", "ada@example.com", "--first-name", "Ada", "--last-name", "B"]
    assert cli.main([*words, "--scope", "topics:read", "--scope", "topics:write"]) == 0
    grant = auth.login(LoginAttempt.parse(ADA), Client())
    assert grant.user.scopes == {"topics:read", "topics:write"}
    assert grant.user.user_id in capsys.readouterr().out


def test_a_password_is_asked_for_without_echo(monkeypatch, capsys):
    """At a terminal getpass asks."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: PASSWORD)
    assert cli.main(["users", "add", "b@example.com", "--first-name", "B", "--last-name", "C"]) == 0
    assert PASSWORD not in capsys.readouterr().out


def test_a_bad_user_is_refused_field_by_field(fails, monkeypatch):
    """The sentence names each field and its limit."""
    typed(monkeypatch, "short\n")
    said = fails("users", "add", "nobody", "--first-name", "A", "--last-name", "B")
    assert "email" in said
    assert "password" in said
    assert "short" not in said.replace("too short", "")


def test_a_taken_address_is_told(auth, fails, monkeypatch):
    """Adding a user twice says so."""
    register(auth)
    typed(monkeypatch, PASSWORD)
    said = fails("users", "add", "ADA@example.com", "--first-name", "A", "--last-name", "B")
    assert said == "jwt-auth: Email already registered\n"


def test_a_session_is_shown(auth, capsys, monkeypatch):
    """The id, the key in Redis and the times of a token's session."""
    user = register(auth)
    grant = auth.login(LoginAttempt.parse(ADA), Client("203.0.113.9", "curl\x1b[31m"))
    typed(monkeypatch, grant.refresh_token.reveal() + "\n")
    assert cli.main(["sessions", "show", "-"]) == 0
    shown = capsys.readouterr().out
    assert f"refresh:{{{grant.session_id}}}" in shown
    assert user.user_id in shown
    assert "\x1b" not in shown


def test_an_ended_session_is_told(auth, capsys):
    """After a logout there is nothing to show but the id."""
    register(auth)
    token = auth.login(LoginAttempt.parse(ADA), Client()).refresh_token.reveal()
    auth.logout(token)
    assert cli.main(["sessions", "show", token]) == 0
    assert "holds no such session" in capsys.readouterr().out


def test_a_forged_token_shows_nothing(fails):
    """What we did not make is refused without a look."""
    assert "invalid or expired refresh token" in fails("sessions", "show", "A" * 156)


def test_a_short_key_is_told(fails, monkeypatch):
    """The sentence names the variable and the limit, not the key."""
    monkeypatch.setenv("JWT_KEY", "hunter2")
    assert fails("migrate") == "jwt-auth: invalid settings: JWT_KEY must be at least 32 bytes long\n"


def test_a_missing_key_is_told(fails, monkeypatch):
    """Without a key nothing starts."""
    monkeypatch.delenv("JWT_KEY")
    assert "JWT_KEY is required" in fails("serve")


def test_a_missing_driver_is_told(fails, monkeypatch):
    """The sentence has the line that installs it."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert "pip install 'jwt-auth-asgi[server]'" in fails("serve")


def test_a_database_out_of_reach_is_told(fails, monkeypatch):
    """The sentence says which store, where, and not with which password."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@127.0.0.1:1/d")
    said = fails("migrate")
    assert "postgresql cannot be reached" in said
    assert "hunter2" not in said


def test_redis_on_a_wrong_port_is_waited_for(served, monkeypatch, capsys):
    """The auth app starts without its session store, which may come later."""  # F-12
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@127.0.0.1:1")
    assert cli.main(["serve"]) == 0
    assert (len(served), capsys.readouterr().err) == (1, "")


@pytest.mark.servers
def test_a_missing_table_is_told(fails, postgres_url, monkeypatch):
    """A database that was not migrated is told with the command."""
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    assert "run: jwt-auth migrate" in fails("serve")


def test_an_application_that_is_not_there_is_told(fails):
    """A wrong module or name is one sentence."""
    assert "there is no module nowhere" in fails("serve", "nowhere:app")
    assert "jwt_auth_core has no app" in fails("serve", "jwt_auth_core")


def test_a_broken_application_shows_its_own_error(place):
    """An import that fails inside the user's module is the user's to see."""
    (place / "broken.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(ModuleNotFoundError, match="nothing_of_this_name"):
        cli.main(["serve", "broken:app"])


def test_an_application_whose_settings_are_wrong_is_told(place, monkeypatch, capsys, caplog):
    """The start-up of a user's application fails with its sentence, without a traceback."""
    (place / "taken").touch()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{place}/taken/app.sqlite3")
    (place / "shop.py").write_text("from jwt_auth_asgi import create_app\napp = create_app()\n")
    assert cli.main(["serve", "shop:app", "--port", "0"]) == 1
    told = capsys.readouterr().err
    said = told + caplog.text
    assert "sqlite cannot open or make its file" in said
    assert "Traceback" not in said
    assert told.endswith("jwt-auth: the application did not start\n")


def test_a_port_in_use_is_told(fails_loosely):
    """A second server on one port says so."""
    import socket  # noqa: PLC0415 - only here

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}" in fails_loosely("serve", "--port", str(port))


@pytest.fixture
def fails_loosely(capsys):
    """Return what runs a failing command whose server logs lines of its own."""

    def run(*words: str) -> str:
        assert cli.main(words) == 1
        return capsys.readouterr().err

    return run


def test_dotenv_is_read(place, monkeypatch):
    """A command takes from `.env` what the environment lacks, as the application beside it does."""
    monkeypatch.delenv("JWT_KEY")
    (place / ".env").write_text(f"JWT_KEY={KEY}\n")
    assert [cli.main(["migrate"]), cli.main(["migrate", "--dotenv"])] == [0, 0]


def test_dotenv_insists_on_what_reads_it(place, fails, monkeypatch):
    """With --dotenv a file that cannot be read for want of a package ends the command."""
    (place / ".env").write_text(f"JWT_KEY={KEY}\n")
    monkeypatch.setitem(sys.modules, "dotenv", None)
    assert "pip install 'jwt-auth-asgi[dotenv]'" in fails("migrate", "--dotenv")


@pytest.mark.parametrize(("flag", "key"), [("--dotenv", KEY), ("--development", None)])
def test_a_served_application_finds_what_the_flags_mean(place, monkeypatch, flag, key):
    """An application that reads the environment itself is given the file, or the development key."""
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
    if key:
        (place / ".env").write_text(f"JWT_KEY={key}\nCOOKIE_SECURE=false\n")
    served = []
    monkeypatch.setattr(server, "serve", lambda *_, **__: served.append(dict(os.environ)))
    assert cli.main(["serve", flag, "app:app"]) == 0
    assert served[0]["JWT_KEY"] == (key or (place / "var" / "development-key").read_text())
    assert served[0]["COOKIE_SECURE"] == "false"


def test_development_needs_nothing(place, monkeypatch):
    """--development makes its own key."""
    monkeypatch.delenv("JWT_KEY")
    assert cli.main(["migrate", "--development"]) == 0
    assert (place / "var" / "development-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"], ["users", "add", "--help"]])
def test_help_is_given(words, capsys):
    """Every command explains itself."""
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 0
    assert "usage: jwt-auth" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["users"], ["nonsense"], ["sessions", "show"]])
def test_a_wrong_call_exits_with_2(words, capsys):
    """A wrong call shows the usage."""
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_without_starlette_the_extra_is_named(monkeypatch, auth):
    """The auth app needs starlette; the error says how to get it."""
    monkeypatch.delitem(sys.modules, "jwt_auth_asgi.app.auth_app", raising=False)
    monkeypatch.delattr("jwt_auth_asgi.app.auth_app", raising=False)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    with pytest.raises(Exception, match=r"pip install 'jwt-auth-asgi\[starlette\]'"):
        server.standalone(auth)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Traceback ...\nfoo.StoreUnavailableError: redis cannot be reached\n", "redis cannot be reached"),
        ("plain words", "plain words"),
        ("", "the application did not say why"),
    ],
)
def test_a_traceback_is_reduced_to_its_sentence(text, sentence):
    """What start-up says is the last line without the name of the exception."""
    assert server.last_sentence(text) == sentence
