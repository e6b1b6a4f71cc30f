"""The commands of the pages that need no server, each run in this process as it stands there."""

from __future__ import annotations

import io
import json
import shlex
import sqlite3
import subprocess
from contextlib import closing

import pytest

from jwt_auth_asgi.cli import main
from jwt_auth_core import Auth, Client, Settings
from jwt_auth_core.errors import SettingsError
from tests.blocks import block
from tests.flows.test_webhooks import FACTS
from tests.webhooks.receiving import receiver

KEY = "the commands of the pages have a key of their own"
ADA = {"email": "ada@example.com", "password": "a long and quiet river", "first_name": "A", "last_name": "B"}
MAIL = {"MAIL_URL": "smtp://127.0.0.1:1", "MAIL_FROM": "a@example.com", "PUBLIC_URL": "https://shop.example"}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Have an empty working directory, and one setting."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JWT_KEY", KEY)
    return tmp_path


@pytest.fixture
def auth(place):  # noqa: ARG001 - its directory is where the stores are made
    """Return the `Auth` of the settings that the commands find, in which there is a user."""
    with closing(Auth.from_env()) as made:
        made.migrate()
        made.register(made.register.parse(ADA), Client())
        yield made


@pytest.fixture
def say(capsys):
    """Return what runs a line of a page, and returns what it printed."""

    def run(line, status=0):
        assert main(shlex.split(line, comments=True)[1:]) == status, capsys.readouterr().err
        return capsys.readouterr().out

    return run


def lines(page, word, kind="bash"):
    """Return the lines of a page's block."""
    return block(page, kind, word).splitlines()


def test_tables_are_there_as_the_page_of_adoption_says(say):
    """In an empty folder; where they are, there is nothing to do."""
    (line,) = lines("docs/adoption.md", "migrate")
    assert "nothing to do" in say(line)  # a new file is given its tables by whoever opens it first


def test_a_column_becomes_roles_by_the_statement_of_the_page(auth):
    """Of whoever has a role that is defined."""
    auth.roles.define("client", {"topics:read"})
    with closing(sqlite3.connect("var/jwt-auth.sqlite3")) as raw, raw:
        raw.execute("ALTER TABLE users ADD COLUMN role TEXT")
        raw.execute("UPDATE users SET role = 'client'")
        raw.execute(block("docs/adoption.md", "sql", "INSERT INTO auth_user_roles"))
    assert auth.end_user.find(ADA["email"]).roles == {"client"}


@pytest.mark.usefixtures("auth")
def test_roles_live_by_the_commands_of_the_page(say):
    """Defined, granted, taken back, listed."""
    define, grant, revoke, *more = lines("docs/authorization.md", "roles define")
    say(define)
    say(grant)
    listed, holders, shown = (say(line) for line in more)
    assert "posts:*" in listed
    assert ADA["email"] in holders
    assert "editor" in shown
    say(revoke)
    assert ADA["email"] not in say(more[1])


def test_a_key_is_rotated_by_the_commands_of_the_page(say, place):
    """Where its folder is; who must wait is told so, and who leaked goes at once."""
    export, *commands = lines("docs/keys.md", "keys rotate")
    assert export == "export JWT_KEYS=/etc/jwt-auth/keys"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JWT_KEYS", str(place / "keys"))
        new, rotate, listing, retire, leaked = commands
        first = say(new).split()[1]
        assert "signs from" in say(rotate)
        assert first in say(listing)
        say(retire.replace("KEY_ID", first), status=1)
        say(leaked.replace("KEY_ID", first))
        assert not (place / "keys" / f"{first}.jwk").exists()


def test_the_settings_of_the_pages_are_settings(auth):
    """Those of mail and of webhooks, whose secret is made by the command beside it."""
    del auth
    _, line = lines("docs/webhooks.md", "WEBHOOK_URL")
    made = subprocess.run(
        ["bash", "-euc", line.partition("# ")[2]], capture_output=True, text=True, check=True
    )
    told = [*lines("docs/mail.md", "MAIL_URL"), *lines("docs/webhooks.md", "WEBHOOK_URL")]
    variables = dict(words[0].split("=", 1) for line in told if (words := shlex.split(line, comments=True)))
    with pytest.raises(SettingsError, match="WEBHOOK_SECRET"):
        Settings.from_env({"JWT_KEY": KEY, **variables})
    read = Settings.from_env({"JWT_KEY": KEY, **variables, "WEBHOOK_SECRET": made.stdout.strip()})
    assert read.mail.sender == "Shop <no-reply@example.com>"


def test_letters_are_looked_at_by_the_commands_of_the_page(say, monkeypatch):
    """What waits, tried again by its name; and a letter before it is sent."""
    for name, text in MAIL.items():
        monkeypatch.setenv(name, text)
    with closing(Auth.from_env()) as auth:
        auth.migrate()
        letter = auth.mail.queue("password_changed", "6f1c8a52-0000-4000-8000-000000000001", language="en")
    listing, retry, preview = lines("docs/mail.md", "mail list")
    assert letter in say(listing)
    assert say(retry.replace("msg_...", letter)) == "to be tried again: 1\n"
    assert "https://shop.example" in say(preview)


def test_webhooks_are_looked_at_by_the_commands_of_the_page(say, monkeypatch):
    """What waits is listed, tried again by its name, and delivered."""
    with receiver() as server:
        monkeypatch.setenv("WEBHOOK_URL", f"http://127.0.0.1:{server.server_port}/204")
        monkeypatch.setenv("WEBHOOK_SECRET", "whsec_AgQGCAoMDhASFBYYGhweICIkJigqLC4w")
        monkeypatch.setenv("WEBHOOK_ALLOW_PRIVATE", "true")
        with closing(Auth.from_env()) as auth:
            auth.migrate()
            message = auth.outbox.add("webhook", "http://127.0.0.1", FACTS)
        listing, retry, run = lines("docs/webhooks.md", "outbox list")
        assert message in say(listing)
        assert say(retry.replace("msg_...", message)) == "to be tried again: 1\n"
        assert say(run) == "delivered: 1, failed: 0\n"


def test_a_token_is_explained_by_the_command_of_the_page(say, auth, monkeypatch):
    """Which reads it where nobody sees it, and asks nobody."""
    (line,) = lines("docs/resource-server.md", "explain")
    command, file = line.split(" < ")
    assert file == "token.txt"
    monkeypatch.setattr("sys.stdin", io.StringIO(auth.tokens.issue(subject="42")))
    assert "rfc9068      it is not by the expected issuer (iss)" in say(command)


SHOP = """
from fastapi import FastAPI
from jwt_auth_asgi import BearerMiddleware
from jwt_auth_core import AccessTokens, KeyRing
from jwt_auth_fastapi import CurrentUser

def make():
    app = FastAPI()
    tokens = AccessTokens(KeyRing.from_secret("the shop of the tests has a key of its own"))
    app.add_middleware(BearerMiddleware, auth=tokens)

    @app.get("/")
    def hello() -> str:
        return "hello"

    @app.get("/items/{item_id}")
    def item(item_id: int, user: CurrentUser) -> int:
        return item_id

    @app.get("/users/{name}")
    def user(name: str, user: CurrentUser) -> str:
        return name

    return app

app = make()
"""


def test_routes_are_looked_at_by_the_commands_of_the_page(say, place, monkeypatch):
    """As a table, for programs, and with values of parameters."""
    name = "app_of_the_page_of_tests"
    (place / f"{name}.py").write_text(SHOP)
    monkeypatch.syspath_prepend(str(place))
    table, programs, values = (
        line.replace("app:", f"{name}:") for line in lines("docs/testing.md", "routes")
    )
    assert "/items/{item_id}" in say(table)
    named = programs.partition("#")[0] + " /openapi.json /docs '/docs/*' /redoc"
    assert json.loads(say(named))
    assert say(values, status=1)
