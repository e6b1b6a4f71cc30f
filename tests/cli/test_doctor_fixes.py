"""What the doctor says mends a thing does: each command is run as it stands, and the finding is gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import redis

from jwt_auth_asgi import cli
from jwt_auth_asgi.cli.findings import mending, stores
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.errors import MissingDriverError, StoreUnavailableError
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client
from tests.auth_app.suite.client import ADA

pytestmark = [pytest.mark.limited, pytest.mark.skipif(not shutil.which("bash"), reason="no shell")]

KEY = "the fixes of the doctor have a key of their own"
SEAL = "another key that seals the audit of the fixes"
PSQL = pytest.mark.skipif(not shutil.which("psql"), reason="no psql here")
REDIS_CLI = pytest.mark.skipif(not shutil.which("redis-cli"), reason="no redis-cli here")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return an empty folder and an environment in which nothing is wrong."""
    monkeypatch.chdir(tmp_path)
    for name in ("DB_HOST", "DB_NAME", "DB_USER", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path}/auth.sqlite3"
    for name, text in {"JWT_KEY": KEY, "ENCRYPTION_KEYS": SEAL, "LIMITS": "on", "DATABASE_URL": url}.items():
        monkeypatch.setenv(name, text)
    return tmp_path


@pytest.fixture
def mended(place, monkeypatch, capsys):
    """Return what runs the fix of a number and returns the numbers that the doctor finds afterwards."""

    def told() -> dict[str, str]:
        cli.main(["doctor", "--json"])
        return {one["number"]: one["fix"] for one in json.loads(capsys.readouterr().out)["findings"]}

    def run(number: str, **variables: str) -> set[str]:
        for name, text in variables.items():
            monkeypatch.setenv(name, text)
        for line in sourced(told()[number], place):
            name, _, text = line.partition("=")
            monkeypatch.setenv(name, text)
        return set(told())

    return run


def sourced(command: str, folder=None) -> list[str]:
    """Run a command in a shell; return the environment that it leaves."""
    words = ["bash", "-ec", f"{command}\nenv -0"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.split("\0") if line.partition("=")[0].isupper()]


@pytest.mark.parametrize(
    ("number", "line"), [("D11", "COOKIE_SECURE=false\n"), ("D12", "LIMITS=off\n")], ids=["D11", "D12"]
)
def test_a_choice_of_the_dotenv_file(mended, place, monkeypatch, number, line):
    """D11, D12: what the file says is overruled as well as what the environment says."""
    (place / ".env").write_text(line)
    (place / ".env").chmod(0o600)
    monkeypatch.delenv(line.partition("=")[0], raising=False)
    assert mended(number) == set()


MAIL = {"MAIL_URL": "console:", "ACCOUNT_URL": "https://www.example.com/account"}
URL, FROM = {"PUBLIC_URL": "https://www.example.com"}, {"MAIL_FROM": "no-reply@example.com"}
HOOK = {"WEBHOOK_URL": "https://www.example.com/hook"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"JWT_KEY": ""},
        {"JWT_KEY": "short"},
        {"ENCRYPTION_KEYS": KEY},
        {"ACCESS_TOKEN_TTL_SECONDS": "never"},
        {"LIMIT_LOGIN": "often"},
        {"TRUSTED_PROXY_COUNT": "-1"},
        {"ACCESS_COOKIE_NAME": "refresh_token"},
        {**MAIL, **URL},
        {**MAIL, **FROM},
        {**HOOK},
        {**HOOK, "WEBHOOK_SECRET": "short"},
        {"REDIS_URL": "http://localhost"},
        {"DB_PORT": "none"},
    ],
    ids=str,
)
def test_a_setting_that_is_wrong(mended, wrong):
    """D01: made anew, given an example, or left to its default."""
    assert mended("D01", **wrong) == set()


def test_a_database_url_of_a_wrong_form(mended):
    """D01: an example shows the right one, whose place is the reader's to say."""
    assert mended("D01", DATABASE_URL="postgresql://ada:se#cr@t@database/auth") == {"D03"}


def test_a_setting_of_the_dotenv_file(mended, place):
    """D01: the environment wins, with nothing, too."""
    (place / ".env").write_text("LIMIT_LOGIN=often\n")
    (place / ".env").chmod(0o600)
    assert mended("D01") == set()


def test_a_dotenv_file_that_cannot_be_read(mended, place):
    """D01: it makes way, and is kept."""
    (place / ".env").write_text("SERVICE_NAME=B\u00fcro\n", "utf-16")
    assert mended("D01") == set()
    assert (place / ".env.unreadable").exists()


def test_a_key_that_is_stored_and_not_set(mended):
    """D01: the old key joins the newest one."""
    auth = Auth.from_env()
    auth.register(auth.register.parse(ADA), Client())
    auth.close()
    assert mended("D01", ENCRYPTION_KEYS="a key that came in the place of the other one", OLD=SEAL) == set()


def test_a_package_that_is_missing():
    """D02: the line that installs it."""
    (one,) = stores.of_unmade(MissingDriverError("redis", extra="redis"), Settings.from_env({"JWT_KEY": KEY}))
    assert (one.number, one.fix) == ("D02", "pip install 'jwt-auth-asgi[redis]'")


def test_a_file_that_cannot_be_made(mended, place):
    """D03: another place for it."""
    (place / "taken").touch()
    assert mended("D03", DATABASE_URL=f"sqlite:///{place}/taken/a.sqlite3") == set()


@REDIS_CLI
@pytest.mark.servers
def test_a_redis_that_is_out_of_reach(mended, own_valkey):
    """D03: the command says what is wrong, and says PONG once it is there."""
    own_valkey.kill()
    with pytest.raises(AssertionError, match="Connection refused"):
        mended("D03", REDIS_URL=own_valkey.url)
    own_valkey.start()
    sourced('redis-cli -u "$REDIS_URL" ping')
    assert (
        mending.of_store("redis", "", Settings.from_env({"JWT_KEY": KEY})) == 'redis-cli -u "$REDIS_URL" ping'
    )


@REDIS_CLI
@pytest.mark.servers
def test_a_redis_that_asks_for_a_password(own_valkey):
    """D42: a URL with a password and no user is one that `redis-cli` cannot read as it stands."""
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.config_set("appendonly", "no")
        direct.config_set("requirepass", "word")
    url = own_valkey.url.replace("//", "//:word@")
    fix = looked_at(url)["D42"]
    subprocess.run(["sh", "-ec", fix], env={**os.environ, "REDIS_URL": url}, check=True, capture_output=True)
    assert "D42" not in looked_at(url)


@PSQL
@pytest.mark.servers
def test_a_postgresql_that_refuses_us(mended, postgres_url, monkeypatch):
    """D03: the command has the server's own words."""
    with pytest.raises(AssertionError, match="does not exist"):
        mended("D03", DATABASE_URL=postgres_url.replace("/test_", "/none_"))
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    sourced(mending.of_store("postgresql", "", Settings.from_env()))


@PSQL
@pytest.mark.servers
def test_a_right_that_is_missing(postgres_url):
    """D03: all grants are run as a role that may."""
    role = "doctor_" + postgres_url.partition("/test_")[2][:12]
    with closing(
        Auth.from_settings(Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": postgres_url}))
    ) as auth:
        auth.migrate()
        auth.database.query(f"CREATE ROLE {role} LOGIN")
        auth.database.query(f"GRANT SELECT ON auth_migrations TO {role}")
    fix = mending.of_store(
        "postgresql",
        f"denies: role {role} lacks SELECT on users: GRANT SELECT ON users TO {role}; "
        f"role {role} lacks SELECT on auth_roles: GRANT SELECT ON auth_roles TO {role}",
        Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": postgres_url}),
    )
    sourced(fix)
    with closing(PostgresDatabase(postgres_url.replace("postgres:", f"{role}:"))) as db:
        assert db.query("SELECT user_id FROM users", fetch="all") == []
        assert db.query("SELECT * FROM auth_roles", fetch="all") == []
    with closing(PostgresDatabase(postgres_url)) as db:
        db.query(f"DROP OWNED BY {role}")
        db.query(f"DROP ROLE {role}")


OLD_TABLES = [
    "CREATE TABLE users (id UUID PRIMARY KEY, email TEXT UNIQUE, password TEXT, surname TEXT)",
    "CREATE VIEW users AS SELECT 1 AS user_id",
]


@pytest.mark.parametrize(
    "number", [pytest.param(0, id="a table of other columns"), pytest.param(1, id="a view")]
)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=[PSQL, pytest.mark.servers])])
def test_a_users_table_that_cannot_be_used(mended, place, request, kind, number):
    """D35: its columns are renamed and added, a view makes way."""
    url = f"sqlite:///{place}/old.sqlite3" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    with closing(database(url)) as db:
        db.query(OLD_TABLES[number])
    assert mended("D35", DATABASE_URL=url) <= {"D30"}
    with closing(Auth.from_env()) as auth:
        auth.migrate()
        auth.check()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=[PSQL, pytest.mark.servers])])
def test_an_index_that_is_missing(mended, place, request, kind):
    """D32: the statement that makes it, in the database of the settings."""
    url = f"sqlite:///{place}/auth.sqlite3" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    with closing(Auth.from_settings(Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": url}))) as auth:
        auth.migrate()
        auth.database.query("DROP INDEX auth_user_sessions_ends_at")
    assert mended("D32", DATABASE_URL=url) == set()


@REDIS_CLI
@pytest.mark.servers
def test_a_redis_that_cannot_be_looked_at(own_valkey):
    """D44: its user gets the right, from a user that may give it."""
    with redis.Redis.from_url(own_valkey.url) as direct:
        direct.execute_command("ACL", "SETUSER", "app", "on", ">word", "~*", "&*", "+@all", "-info")
    url = own_valkey.url.replace("//", "//app:word@")
    fix = looked_at(url)["D44"]
    assert fix == "redis-cli acl setuser app +info +time"
    sourced(fix.replace("redis-cli", f"redis-cli -p {own_valkey.port}"))
    assert "D44" not in looked_at(url)


def looked_at(url: str) -> dict[str, str]:
    """Return what is found of a Redis beside an embedded database, and the fixes."""
    settings = Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": "sqlite://", "REDIS_URL": url})
    with closing(Auth.from_settings(settings)) as auth:
        return {one.number: one.fix for one in stores.of_stores(auth)}


def test_what_is_no_store_of_ours_is_asked_by_its_client():
    """D03 of whatever else: the database is looked at."""
    (one,) = stores.of_unmade(
        StoreUnavailableError("postgresql"),
        Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": "postgresql://u:hunter2@h/d"}),
    )
    assert one.fix.startswith("psql ")
    assert "hunter2" not in one.fix


def database(url: str) -> Database:
    """Return a database without our tables."""
    return (
        SqliteDatabase(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else PostgresDatabase(url)
    )
