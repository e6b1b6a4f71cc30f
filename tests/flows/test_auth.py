"""Auth: the bundle, made from settings, and the one of the process."""

import sys

import pytest
import redis

from jwt_auth_core import default
from jwt_auth_core.assemble import access_tokens, passwords, stores
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.schema import PendingMigrationError
from jwt_auth_core.errors import (
    MissingDriverError,
    SettingsError,
    StoreUnavailableError,
    TokenInvalidError,
)
from jwt_auth_core.passwords import PasswordPolicy, Passwords
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret
from tests.cheap import cheap_hasher
from tests.flows.conftest import KEY, PASSWORD


@pytest.fixture
def environment(tmp_path, monkeypatch, no_default):  # noqa: ARG001 - it may make one
    """Set the variables of an embedded `Auth` for the whole process."""
    monkeypatch.setenv("JWT_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/auth.sqlite3")


@pytest.mark.usefixtures("environment")
def test_the_process_has_one_auth():
    """Every caller without an `Auth` of its own shares one."""
    assert default.default_auth() is default.default_auth()


@pytest.mark.usefixtures("environment")
def test_the_documented_helpers_work():
    """safe_query, transaction and decode_access_token use the process's `Auth`."""
    token = default.default_auth().tokens.issue(subject="42")
    assert default.decode_access_token(token) == "42"
    with default.transaction():
        default.safe_query("CREATE TABLE notes (id INTEGER, text TEXT)")
        assert default.safe_query("INSERT INTO notes VALUES (%s, %s)", (1, "a'; DROP TABLE notes;--")) == 1
    row = default.safe_query("SELECT text FROM notes WHERE id = %s", (1,), fetch="one")
    assert row == {"text": "a'; DROP TABLE notes;--"}


@pytest.mark.usefixtures("environment")
def test_a_bad_token_is_an_error_of_ours():
    """decode_access_token raises what verification raises."""
    with pytest.raises(TokenInvalidError):
        default.decode_access_token("nonsense")


@pytest.mark.usefixtures("no_default")
def test_without_a_key_the_next_call_tries_again(monkeypatch):
    """A failed first use leaves nothing half made."""
    monkeypatch.delenv("JWT_KEY", raising=False)
    for _ in range(2):
        with pytest.raises(SettingsError, match="JWT_KEY is required"):
            default.default_auth()


def test_the_default_cost_is_the_floor(tmp_path):
    """From plain settings a real Argon2id at the documented cost is made."""  # PW-01
    auth = Auth.from_env({"JWT_KEY": KEY, "DATABASE_URL": f"sqlite:///{tmp_path}/a.sqlite3"})
    assert "m=19456,t=2,p=1" in auth.register.passwords.hash(auth.settings.jwt_key)
    auth.close()


def test_the_nist_policy_can_be_chosen():
    """PASSWORD_POLICY=nist asks for 15 characters."""  # PW-02
    chosen = passwords(Settings.from_env({"JWT_KEY": KEY, "PASSWORD_POLICY": "nist"}))
    assert [problem.code for problem in chosen.problems(Secret("fourteen chars"))] == ["too_short"]
    assert chosen.problems(Secret("fifteen chars !")) == []


def test_a_well_known_secret_is_a_settings_error():
    """A secret out of a tutorial is refused by the variable's name."""  # JWT-06
    tutorial = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
    with pytest.raises(SettingsError, match="JWT_KEY") as caught:
        access_tokens(Settings.from_env({"JWT_KEY": tutorial}))
    assert tutorial not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_memory_is_a_database_too(url):
    """A database that lives as long as the process needs no file."""
    auth = Auth.from_env({"JWT_KEY": KEY, "DATABASE_URL": url})
    assert auth.current_user.users is not None
    auth.check()
    auth.close()


@pytest.mark.parametrize(
    ("module", "variables", "extra"),
    [
        ("psycopg2", {"DATABASE_URL": "postgresql://u@127.0.0.1:1/d"}, "postgres"),
        ("redis", {"REDIS_URL": "redis://127.0.0.1:1", "DATABASE_URL": "sqlite://"}, "redis"),
        ("argon2", {"DATABASE_URL": "sqlite://"}, "argon2"),
    ],
)
def test_a_missing_driver_names_the_command(module, variables, extra, monkeypatch):
    """What is not installed is told with the line that installs it."""
    for name in [*sys.modules]:
        if module in name.replace("postgres", "psycopg2").split("."):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDriverError, match=rf"pip install 'jwt-auth-asgi\[{extra}\]'"):
        Auth.from_env({"JWT_KEY": KEY, **variables})


@pytest.mark.servers
def test_a_database_without_tables_is_told(postgres_url):
    """The start-up check names the files that were not applied, and the command."""
    made = stores(Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": postgres_url}))
    with pytest.raises(PendingMigrationError, match=r"lacks 0001_users, .*run: jwt-auth migrate"):
        made.check()
    made.close()


def test_a_store_out_of_reach_is_told():
    """The start-up check says which store does not answer, without its password."""  # F-12
    url = "redis://:hunter2@127.0.0.1:1/0"
    made = stores(Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": "sqlite://", "REDIS_URL": url}))
    with pytest.raises(StoreUnavailableError, match="redis") as caught:
        made.check()
    assert "hunter2" not in str(caught.value)
    made.close()


def test_a_password_is_checked_by_the_login_of_the_bundle(tmp_path):
    """Register and login of one bundle fit together at the real cost."""
    auth = Auth.from_env({"JWT_KEY": KEY, "DATABASE_URL": f"sqlite:///{tmp_path}/a.sqlite3"})
    hashed = auth.register.passwords.hash(auth.settings.jwt_key)
    assert auth.login.passwords.verify(auth.settings.jwt_key, hashed)
    assert PASSWORD not in hashed
    auth.close()


def test_closing_gives_the_memory_of_hashing_back():
    """No workspace stays mapped after `close`."""
    hasher = cheap_hasher()
    cheap = Passwords(hasher, PasswordPolicy.default())
    auth = Auth.from_settings(
        Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": "sqlite://"}), passwords=cheap
    )
    auth.login.passwords.hash(Secret(PASSWORD))
    auth.close()
    assert hasher.workspaces.idle == ()


@pytest.mark.servers
def test_closing_gives_every_connection_back(redis_url, tmp_path):
    """Nothing stays connected to Redis after `close`."""  # F-27
    variables = {"DATABASE_URL": f"sqlite:///{tmp_path}/a.sqlite3", "REDIS_URL": redis_url}
    with redis.Redis.from_url(redis_url) as client:
        before = len(client.client_list())
        auth = Auth.from_env({"JWT_KEY": KEY, **variables})
        auth.check()
        auth.revocations.start()
        assert len(client.client_list()) > before
        auth.close()
        # The server hears of a closed connection a moment later.
        assert any(len(client.client_list()) == before for _ in range(1000))
