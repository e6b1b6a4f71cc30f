"""Service clients in the database, on SQLite and PostgreSQL: the table ``auth_clients``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.clients.client import ServiceClient
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect

_ADD: Final = """
    INSERT INTO auth_clients (client_id, scopes, resources, created_at, mark, digest, keys, may_exchange)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (client_id) DO NOTHING
"""
_FIND: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        SELECT client_id, scopes, resources, created_at, mark, digest, previous_digest, previous_until,
            keys, previous_keys, may_exchange
        FROM auth_clients WHERE client_id IN (SELECT value FROM json_each(%s))
    """,
    "postgres": """
        SELECT client_id, scopes, resources, created_at, mark, digest, previous_digest, previous_until,
            keys, previous_keys, may_exchange
        FROM auth_clients WHERE client_id IN (SELECT json_array_elements_text(%s::json))
    """,
}
_ALL: Final = """
    SELECT client_id, scopes, resources, created_at, mark, digest, previous_digest, previous_until,
        keys, previous_keys, may_exchange
    FROM auth_clients ORDER BY client_id
"""
_REPLACE: Final = """
    UPDATE auth_clients SET mark = %s, digest = %s, previous_digest = %s, previous_until = %s, keys = %s,
        previous_keys = %s
    WHERE client_id = %s AND digest = %s
"""
_REMOVE: Final = "DELETE FROM auth_clients WHERE client_id = %s RETURNING mark"


class SqlClients:
    """A `ClientStore` in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, client: ServiceClient) -> bool:
        """See `ClientStore.add`."""
        scopes, resources = " ".join(sorted(client.scopes)), " ".join(client.resources)
        secrets = (client.mark, client.digest, client.keys, " ".join(client.may_exchange))
        values = (client.client_id, scopes, resources, client.created_at, *secrets)
        return self._database.query(_ADD, values) == 1

    def find(self, client_ids: Sequence[str]) -> Mapping[str, ServiceClient]:
        """See `ClientStore.find`."""
        rows = self._database.query(_FIND[self._database.dialect], (json.dumps(client_ids),), fetch="all")
        return {row["client_id"]: _client(row) for row in rows}

    def all(self) -> Sequence[ServiceClient]:
        """See `ClientStore.all`."""
        return [_client(row) for row in self._database.query(_ALL, fetch="all")]

    def replace(self, client: ServiceClient, *, expected_digest: str) -> bool:
        """See `ClientStore.replace`."""
        secrets = (client.mark, client.digest, client.previous_digest, client.previous_until)
        keys = (client.keys, client.previous_keys)
        return self._database.query(_REPLACE, (*secrets, *keys, client.client_id, expected_digest)) == 1

    def remove(self, client_id: str) -> str | None:
        """See `ClientStore.remove`."""
        row = self._database.query(_REMOVE, (client_id,), fetch="one")
        return None if row is None else str(row["mark"])


def _client(row: Row) -> ServiceClient:
    return ServiceClient(
        client_id=row["client_id"],
        scopes=frozenset(row["scopes"].split()),
        resources=tuple(row["resources"].split()),
        created_at=row["created_at"],
        mark=row["mark"],
        digest=row["digest"],
        previous_digest=row["previous_digest"],
        previous_until=row["previous_until"],
        keys=row["keys"],
        previous_keys=row["previous_keys"],
        may_exchange=tuple(row["may_exchange"].split()),
    )
