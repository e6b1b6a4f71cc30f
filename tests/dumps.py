"""What a store keeps, as text: every row of ours, and every key of Redis with its value."""

from __future__ import annotations

import re
from typing import Any

import redis

from jwt_auth_core.database.query import Database

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'auth%%'",
    "postgres": """
        SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = current_schema() AND table_name LIKE 'auth%%'
    """,
}
_ID = re.compile("[0-9a-f]{32}")
_READ = {
    "none": lambda _client, _key: None,  # its time has come meanwhile
    "string": lambda client, key: client.get(key),
    "hash": lambda client, key: client.hgetall(key),
    "list": lambda client, key: client.lrange(key, 0, -1),
    "set": lambda client, key: client.smembers(key),
    "zset": lambda client, key: client.zrange(key, 0, -1, withscores=True),
    "stream": lambda client, key: client.xrange(key),
}


def rows(database: Database) -> list[str]:
    """Return every row of every table of ours, with the table's name."""
    names = [row["name"] for row in database.query(_TABLES[database.dialect], fetch="all")]
    assert "auth_audit" in names
    found: list[str] = []
    for name in sorted(names):
        text: Any = f"SELECT * FROM {name}"  # noqa: S608 - the catalogue's own name
        found += [f"{name}: {_without_ids(row)}" for row in database.query(text, fetch="all")]
    return found


def _without_ids(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what is a session's id and nothing else: it opens none, whoever presents it."""
    return {name: "an id" if _ID.fullmatch(str(value)) else value for name, value in row.items()}


def keys(url: str) -> list[str]:
    """Return every key of a Redis, with its value."""
    with redis.Redis.from_url(url, decode_responses=True) as client:
        found = list(client.scan_iter(count=1000))
        return [f"{key}: {_READ[client.type(key)](client, key)}" for key in found]
