"""Private PostgreSQL and Valkey for the scripts, and users of whom all have the same password."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.middleware import AUDIENCE, ISSUER, SECRET
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.settings import Settings
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import NewUser
from jwt_auth_core.vocabulary import Email
from tests.servers import postgres
from tests.servers.valkey import Valkey

COMMON = {"JWT_KEY": SECRET, "JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE, "LIMITS": "off"}


@contextmanager
def real_servers() -> Iterator[dict[str, str]]:
    """Yield the environment of an application on Valkey and PostgreSQL, its tables made."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        server = stack.enter_context(postgres.server(folder / "postgres"))
        url = stack.enter_context(postgres.database(server))
        valkey = Valkey(folder / "valkey").start()
        stack.callback(valkey.kill)
        yield migrated({**COMMON, "DATABASE_URL": url, "REDIS_URL": valkey.url})


@contextmanager
def one_file() -> Iterator[dict[str, str]]:
    """Yield the environment of an application on one SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        yield migrated({**COMMON, "DATABASE_URL": f"sqlite:///{folder}/auth.sqlite3"})


def migrated(environment: dict[str, str]) -> dict[str, str]:
    auth = Auth.from_settings(Settings.from_env(environment))
    migrate(auth.database)
    auth.close()
    return environment


def add_users(environment: dict[str, str], emails: list[str], password_hash: str) -> list[str]:
    """Store the users and return their ids."""
    auth = Auth.from_settings(Settings.from_env(environment))
    users = SqlUsers(auth.database)
    made = [users.add(NewUser(one, Email(one), password_hash, "Ada", "Byron")).user_id for one in emails]
    auth.close()
    return [str(one) for one in made]


def addresses(count: int) -> list[str]:
    return [f"{uuid.uuid4().hex}@example.com" for _ in range(count)]
