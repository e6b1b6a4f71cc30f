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

from jwt_auth_core.database.connections.postgres import read
from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.postgres_url import parse
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


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://u:hunter22@a,b:1,b:2/d?host=a,b&port=1,2,3", "one port, or one for each host"),
        ("postgresql://u:hunter22@db:hunter/d", "a port is a whole number from 1 to 65535"),
        ("postgresql://u:hunter22@db:0/d", "a port is a whole number from 1 to 65535"),
        ("postgresql://u:hunter22@a,b/d?hostaddr=127.0.0.1", "host and hostaddr are lists of different"),
        ("postgresql://u:hunter22@db/d?connect_timeout=soon", "connect_timeout is a whole number of sec"),
        ("postgresql://db?user=a@b", "percent-encoded"),
        ("postgresql://u:hunter22@db/d?nonsense=1", "libpq knows no such parameter"),
    ],
)
def test_what_is_wrong_with_a_url(url, reason):
    """The error says which part cannot be read, and repeats none of it."""
    with pytest.raises(SettingsError, match=reason) as caught:
        PostgresDatabase(url)
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "places"),
    [
        ("postgresql://u:p@/d?host=@pg", ["@pg:5432"]),
        ("postgresql://u:p@/d?host=/run/postgresql&user=a@b", ["/run/postgresql:5432"]),
        ("postgresql://u:p@%2Frun%2Fpg:6000/d", ["/run/pg:6000"]),
        ("postgresql://u:p@a,b:1/d", ["a:5432", "b:1"]),
        ("postgresql://u:p@a,b/d?port=7", ["a:7", "b:7"]),
        ("postgresql:///d?hostaddr=127.0.0.1,127.0.0.2", ["127.0.0.1:5432", "127.0.0.2:5432"]),
        ("postgresql://u:p@[::1]/d", ["::1:5432"]),
        ("postgresql:///d", ["localhost:5432"]),
    ],
)
def test_hosts_are_read_as_libpq_reads_them(url, places):
    """Directories, sockets without a file, lists and addresses are each a place."""
    assert [str(place) for place in parse(url, read).places] == places


@pytest.mark.parametrize(("text", "seconds"), [("3", 3), ("0", 60), ("-1", 60)])
def test_a_time_to_connect(text, seconds):
    """``connect_timeout`` is in seconds; what libpq takes for ever ends here."""
    assert parse(f"postgresql://u@db/d?connect_timeout={text}", read).connect_seconds == seconds


def test_the_variables_of_libpq_count_where_the_url_is_silent(monkeypatch):
    """``PGHOST`` and ``PGPORT`` name the place, unless a service does that only libpq can find."""
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("PGPORT", "7")
    assert str(parse("postgresql:///d", read).places[0]) == "elsewhere:7"
    assert str(parse("postgresql://u@db/d", read).places[0]) == "db:7"
    assert str(parse("postgresql:///d?service=ours", read).places[0]) == "service ours"
    assert str(parse("postgresql://db/d?service=ours", read).places[0]) == "db:5432"
    monkeypatch.setenv("PGSERVICE", "theirs")
    assert str(parse("postgresql:///d", read).places[0]) == "service theirs"


def test_the_url_is_in_no_repr():
    """What a debugger prints of a database does not show its password (LOG-4)."""
    # LOG-4
    db = PostgresDatabase("postgresql://app:hunter22@db/app")
    assert "hunter22" not in repr(vars(db)) + repr(vars(db.pool))


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
