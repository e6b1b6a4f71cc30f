"""What the doctor finds in a PostgreSQL that answers, and that its command mends it."""

from __future__ import annotations

import json
import shlex
from contextlib import closing

import psycopg2
import pytest

from jwt_auth_asgi import cli
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.postgres import PostgresDatabase
from tests.databases import with_parameter
from tests.servers.postgres import execute

pytestmark = [pytest.mark.limited, pytest.mark.servers]


@pytest.fixture(autouse=True)
def nothing_else_wrong(place, monkeypatch):  # noqa: ARG001 - its directory and key
    """Have an environment in which nothing else is wrong."""
    monkeypatch.setenv("ENCRYPTION_KEYS", "another key that seals the audit of this test")
    monkeypatch.setenv("LIMITS", "on")


def test_a_role_that_may_not_write(postgres_url, capsys, monkeypatch):
    """D37: it may read everything, so that nothing else is wrong; the fix grants what requests need."""
    role = "reader_" + postgres_url.partition("/test_")[2][:12]
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    with closing(Auth.from_env()) as auth:
        auth.migrate()
    execute(postgres_url, f"CREATE ROLE {role} LOGIN")
    execute(postgres_url, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    monkeypatch.setenv("DATABASE_URL", with_parameter(postgres_url, "user", role))
    cli.main(["doctor", "--json"])
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["number"], found["level"]) == ("D37", "error")
    assert f"role {role} lacks INSERT, UPDATE on users: GRANT INSERT, UPDATE ON users" in found["text"]
    execute(postgres_url, shlex.split(found["fix"])[-1])
    cli.main(["doctor", "--json"])
    assert json.loads(capsys.readouterr().out)["findings"] == []
    execute(postgres_url, f"DROP OWNED BY {role}")
    execute(postgres_url, f"DROP ROLE {role}")


def test_an_index_that_was_never_finished(postgres_url, monkeypatch, capsys):
    """D32: PostgreSQL keeps the name of one that it gave up, for nothing; it is built anew."""
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    with closing(Auth.from_env()) as auth:
        auth.migrate()
    given_up(postgres_url, "auth_user_sessions_ends_at")
    cli.main(["doctor", "--json"])
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["number"], "auth_user_sessions_ends_at was never finished" in found["text"]) == (
        "D32",
        True,
    )
    execute(postgres_url, shlex.split(found["fix"])[-1])
    assert cli.main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []


def given_up(url: str, name: str) -> None:
    """Have an index built beside a transaction that does not end, and give up."""
    with closing(PostgresDatabase(url)) as db:
        made = db.query("SELECT indexdef FROM pg_indexes WHERE indexname = %s", (name,), fetch="one")[
            "indexdef"
        ]
        execute(url, f"DROP INDEX {name}")
        with db.transaction():
            db.query("LOCK TABLE auth_user_sessions IN ROW EXCLUSIVE MODE")
            with pytest.raises(psycopg2.errors.LockNotAvailable):
                execute(
                    with_parameter(url, "options", "-clock_timeout=50ms"),
                    made.replace("INDEX", "INDEX CONCURRENTLY", 1),
                )
