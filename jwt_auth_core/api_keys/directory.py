"""The API keys of all users, page by page, each with its owner; each page is one range of the primary key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jwt_auth_core.api_keys.api_key import ApiKey
from jwt_auth_core.api_keys.sql import key_of
from jwt_auth_core.database.query import Database
from jwt_auth_core.records import dataclass

_PAGE: Final = """
    SELECT k.key_id, k.user_id, k.name, k.scopes, k.created_at, k.expires_at, k.last_used_at, u.email
    FROM auth_api_keys k JOIN users u ON u.user_id = k.user_id
    WHERE k.key_id > %s ORDER BY k.key_id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class OwnedKey:
    """A key, and the address of whose it is."""

    key: ApiKey
    email: str


class SqlKeyDirectory:
    """All keys in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, *, after: str, most: int) -> Sequence[OwnedKey]:
        """Return keys behind an id, in the order of their ids; those whose time is over, too.

        Raises:
            UnavailableError: the database does not answer.
        """
        rows = self._database.query(_PAGE, (after, most), fetch="all")
        return [OwnedKey(key_of(row), row["email"]) for row in rows]
