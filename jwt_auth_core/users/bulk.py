"""Users by the thousand: a batch is looked up and written by one statement a table, in one transaction.

Values travel as one JSON text: what is bound one by one takes longer to check than to write.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, fields
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.database.users_table import UnfitTableError, faults, has_hex_ids, widths
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.adoption.orphans import make_way
from jwt_auth_core.vocabulary import Email, UserId

PAGE: Final = 1000
"""How many users one statement of an export reads."""

_OF_IDS: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT u.user_id, a.email_canonical FROM users u LEFT JOIN auth_accounts a ON a.user_id = u.user_id
        WHERE u.user_id = ANY (%s::uuid[])
    """,
    "sqlite": """
        SELECT u.user_id, a.email_canonical FROM users u LEFT JOIN auth_accounts a ON a.user_id = u.user_id
        WHERE u.user_id IN (SELECT value FROM json_each(%s))
    """,
}
_OF_IDENTITIES: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT a.email_canonical, u.user_id FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
        WHERE a.email_canonical = ANY (%s)
    """,
    "sqlite": """
        SELECT a.email_canonical, u.user_id FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
        WHERE a.email_canonical IN (SELECT value FROM json_each(%s))
    """,
}
# A row that nobody adopted yet has its address all the same.
_OF_ADDRESSES: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "SELECT email, user_id FROM users WHERE email = ANY (%s)",
    "sqlite": "SELECT email, user_id FROM users WHERE email IN (SELECT value FROM json_each(%s))",
}
_RESERVED: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT old_canonical FROM auth_email_changes WHERE old_canonical = ANY (%s) AND undo_until > %s
    """,
    "sqlite": """
        SELECT old_canonical FROM auth_email_changes
        WHERE old_canonical IN (SELECT value FROM json_each(%s)) AND undo_until > %s
    """,
}
_ADD: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        INSERT INTO users (user_id, email, password_hash, first_name, last_name, created_at)
        SELECT p.user_id, p.email, p.password_hash, p.first_name, p.last_name,
               COALESCE(to_timestamp(p.created_at), CURRENT_TIMESTAMP)
        FROM json_to_recordset(%s::json) AS p (user_id uuid, email text, password_hash text,
                                               first_name text, last_name text, created_at bigint)
    """,
    "sqlite": """
        INSERT INTO users (user_id, email, password_hash, first_name, last_name, created_at)
        SELECT json_extract(value, '$.user_id'), json_extract(value, '$.email'),
               json_extract(value, '$.password_hash'), json_extract(value, '$.first_name'),
               json_extract(value, '$.last_name'),
               COALESCE(datetime(json_extract(value, '$.created_at'), 'unixepoch'), CURRENT_TIMESTAMP)
        FROM json_each(%s)
    """,
}
# The guard on users has made most accounts; those that it could not decide wait in its queue.
_ADD_ACCOUNTS: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        INSERT INTO auth_accounts (user_id, email_canonical, disabled_at, factor_kinds)
        SELECT p.user_id, p.canonical, p.disabled_at, p.factor_kinds
        FROM json_to_recordset(%s::json) AS p (user_id uuid, canonical text, disabled_at bigint,
                                               factor_kinds bigint)
        ON CONFLICT (user_id) DO UPDATE SET email_canonical = excluded.email_canonical,
            disabled_at = excluded.disabled_at, factor_kinds = excluded.factor_kinds
        WHERE auth_accounts.email_canonical <> excluded.email_canonical
           OR excluded.disabled_at IS NOT NULL OR excluded.factor_kinds <> 0
    """,
    "sqlite": """
        INSERT INTO auth_accounts (user_id, email_canonical, disabled_at, factor_kinds)
        SELECT json_extract(value, '$.user_id'), json_extract(value, '$.canonical'),
               json_extract(value, '$.disabled_at'), json_extract(value, '$.factor_kinds')
        FROM json_each(%s) WHERE TRUE
        ON CONFLICT (user_id) DO UPDATE SET email_canonical = excluded.email_canonical,
            disabled_at = excluded.disabled_at, factor_kinds = excluded.factor_kinds
        WHERE auth_accounts.email_canonical <> excluded.email_canonical
           OR excluded.disabled_at IS NOT NULL OR excluded.factor_kinds <> 0
    """,
}
_VERIFY: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        INSERT INTO auth_verified_emails (user_id, address)
        SELECT user_id, email_canonical FROM auth_accounts WHERE user_id = ANY (%s::uuid[])
    """,
    "sqlite": """
        INSERT INTO auth_verified_emails (user_id, address)
        SELECT user_id, email_canonical FROM auth_accounts
        WHERE user_id IN (SELECT value FROM json_each(%s))
    """,
}
_DECIDED: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "DELETE FROM auth_unadopted WHERE user_id = ANY (%s::uuid[])",
    "sqlite": "DELETE FROM auth_unadopted WHERE user_id IN (SELECT value FROM json_each(%s))",
}
_EXPORT: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT a.user_id, u.email, u.password_hash, u.first_name, u.last_name, a.disabled_at,
               v.user_id IS NOT NULL AS is_verified,
               CAST(EXTRACT(EPOCH FROM u.created_at::timestamptz) AS bigint) AS created_at
        FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
        LEFT JOIN auth_verified_emails v ON v.user_id = a.user_id AND v.address = a.email_canonical
        WHERE %s::uuid IS NULL OR a.user_id > %s::uuid
        ORDER BY a.user_id LIMIT %s
    """,
    "sqlite": """
        SELECT a.user_id, u.email, u.password_hash, u.first_name, u.last_name, a.disabled_at,
               v.user_id IS NOT NULL AS is_verified,
               CAST(strftime('%%s', u.created_at) AS INTEGER) AS created_at
        FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
        LEFT JOIN auth_verified_emails v ON v.user_id = a.user_id AND v.address = a.email_canonical
        WHERE %s IS NULL OR a.user_id > %s
        ORDER BY a.user_id LIMIT %s
    """,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """A user who comes with id and past; ``typed`` is the address before any rule, times are in seconds."""

    user_id: UserId
    email: str
    canonical: Email
    typed: str
    password_hash: str = field(repr=False)
    first_name: str
    last_name: str
    created_at: int | None
    is_verified: bool
    disabled_at: int | None
    factor_kinds: int = 0


_WRITTEN: Final = tuple(one.name for one in fields(NewAccount))


@dataclass(frozen=True, slots=True)
class Occupied:
    """What of a batch is there: identities by the ids that users have, and users by identities and addresses.

    The owner of an address that somebody may get back is None.
    """

    identities: Mapping[str, str | None]
    owners: Mapping[str, str | None]


class SqlBulkUsers:
    """Reads and writes users in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spelled(self) -> bool:
        """Tell whether ids are stored without hyphens, after it was looked whether new rows fit.

        Raises:
            UnfitTableError: no new user fits into the table.
        """
        found = faults(self._database)
        if found:
            raise UnfitTableError(found)
        return has_hex_ids(self._database)

    def widths(self) -> Mapping[str, int]:
        """Return how many characters the columns take that have a limit."""
        return widths(self._database)

    def occupied(self, accounts: Sequence[NewAccount], *, now: int) -> Occupied:
        """Return what is there of a batch."""
        db, dialect = self._database, self._database.dialect
        canonical = [one.canonical for one in accounts]
        spellings = {word for one in accounts for word in (one.email, one.canonical, one.typed)}
        ids = self._list([one.user_id for one in accounts])
        by_id = db.query(_OF_IDS[dialect], (ids,), fetch="all")
        rows = db.query(_OF_ADDRESSES[dialect], (self._list(sorted(spellings)),), fetch="all")
        rows += db.query(_OF_IDENTITIES[dialect], (self._list(canonical),), fetch="all")
        reserved = db.query(_RESERVED[dialect], (self._list(canonical), now), fetch="all")
        owners: dict[str, str | None] = {row[0]: None for row in reserved}
        owners |= {str(row[0]): str(row[1]) for row in rows}
        return Occupied({str(row[0]): row[1] for row in by_id}, owners)

    def add(self, accounts: Sequence[NewAccount]) -> None:
        """Write users of whom nothing is there.

        Raises:
            UniqueViolationError: something is there meanwhile, or the table has a rule of its own.
        """
        db, dialect = self._database, self._database.dialect
        written = json.dumps([{name: getattr(one, name) for name in _WRITTEN} for one in accounts])
        make_way(db, [one.canonical for one in accounts])
        db.query(_ADD[dialect], (written,))
        db.query(_ADD_ACCOUNTS[dialect], (written,))
        db.query(_DECIDED[dialect], (self._list([one.user_id for one in accounts]),))
        verified = [one.user_id for one in accounts if one.is_verified]
        if verified:
            db.query(_VERIFY[dialect], (self._list(verified),))

    def pages(self) -> Iterator[Sequence[Row]]:
        """Return every user who has an account, in the order of ids, `PAGE` at a time."""
        after: str | None = None
        while rows := self._database.query(
            _EXPORT[self._database.dialect], (after, after, PAGE), fetch="all"
        ):
            yield rows
            after = rows[-1]["user_id"]

    def _list(self, values: Sequence[str]) -> object:
        return list(values) if self._database.dialect == "postgres" else json.dumps(values)
