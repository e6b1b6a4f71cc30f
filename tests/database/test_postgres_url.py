"""The way to a PostgreSQL server: the URL, and a clear sentence when it leads nowhere."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from psycopg2 import extensions

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.errors import SettingsError, StoreUnavailableError
from tests.databases import with_parameter


def test_a_server_that_is_not_there():
    """One sentence names the place and the reason."""
    db = PostgresDatabase("postgresql://app:a-good-password@127.0.0.1:1/app")
    with pytest.raises(StoreUnavailableError, match=r"cannot be reached at 127\.0\.0\.1:1: .*refused"):
        db.query("SELECT 1")


def test_a_parameter_that_libpq_refuses():
    """What libpq finds wrong before it connects is one sentence too."""
    db = PostgresDatabase("postgresql://app:hunter22@127.0.0.1:1/app?sslmode=perhaps")
    with pytest.raises(StoreUnavailableError, match='invalid sslmode value: "perhaps"'):
        db.query("SELECT 1")


@pytest.mark.servers
@pytest.mark.parametrize("where", ["database", "role"])
def test_a_wrong_name(postgres_url, where):
    """A database or a role that does not exist is named."""
    name = extensions.parse_dsn(postgres_url)["dbname"]
    wrong = {
        "database": postgres_url.replace(name, "nosuch"),
        "role": with_parameter(postgres_url, "user", "nosuch"),
    }[where]
    with pytest.raises(StoreUnavailableError, match=rf'{where} "nosuch" does not exist'):
        PostgresDatabase(wrong).query("SELECT 1")


def refusing_server(message: str) -> socket.socket:
    """Return a socket that answers one start of a connection as PostgreSQL refuses a login."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        client.recv(4096)
        fields = f"SFATAL\0VFATAL\0C28P01\0M{message}\0\0".encode()
        client.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
        client.close()

    threading.Thread(target=serve, daemon=True).start()
    return listener


def test_a_wrong_password():
    """The refusal is one sentence without the password, even where the server repeats it (F-12)."""
    # F-12
    with closing(refusing_server('password "hunter22" failed for user "app"')) as listener:
        port = listener.getsockname()[1]
        url = f"postgresql://app:hunter22@127.0.0.1:{port}/app?sslmode=disable&gssencmode=disable"
        with pytest.raises(StoreUnavailableError, match="failed for user") as caught:
            PostgresDatabase(url).query("SELECT 1")
    assert "hunter22" not in "".join(traceback.format_exception(caught.value))
    assert "hunter22" not in repr(caught.value.__cause__)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://app:hunter22@db/app",
        "app:hunter22@db/app",
        "postgresql://app:hunter@22@db/app",
        "postgresql://app:hunter/22@db/app",
        "postgresql://app:hunter?22@db/app",
        "postgresql://app:hunter#22@db/app",
        "postgresql://app:%zzhunter22@db/app",
        "postgresql://app:hunter22@db/app?nonsense=1",
        "postgresql://app:hunter22@[db/app",
    ],
)
def test_a_url_that_cannot_be_read(url):
    """A URL is refused before it is used, and nothing of it is repeated."""
    with pytest.raises(SettingsError, match="postgresql://user:password@host:port/name") as caught:
        PostgresDatabase(url)
    assert "hunter" not in "".join(traceback.format_exception(caught.value))


def test_the_url_is_in_no_repr():
    """What a debugger prints of a database does not show its password (LOG-4)."""
    # LOG-4
    db = PostgresDatabase("postgresql://app:hunter22@db/app")
    assert "hunter22" not in repr(vars(db)) + repr(vars(db._pool))


def test_without_the_driver():
    """Without psycopg2 the import says what to install."""
    lines = [
        "import sys",
        "sys.modules['psycopg2'] = None",
        "from jwt_auth_core.errors import MissingDriverError",
        "try:",
        "    import jwt_auth_core.database.postgres",
        "except MissingDriverError as exc:",
        "    print(exc)",
    ]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "psycopg2 is not installed; run: pip install 'jwt-auth-asgi[postgres]'\n"
