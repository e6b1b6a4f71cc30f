"""The directory: users page by page, each page by one range of an index, however many there are.

The index by address is that of our own ``auth_accounts``; no index of ``users`` is needed or touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import is_uuid
from jwt_auth_core.vocabulary import Email, UserId

LAST: Final = "\U0010ffff"
"""No address has it, and none begins behind it: the end of a range of addresses."""

_FIRST_ID: Final = "00000000-0000-0000-0000-000000000000"
_BY_ADDRESS: Final = """
    SELECT a.user_id, u.email, u.first_name, u.last_name, a.disabled_at, a.email_canonical AS place
    FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
    WHERE a.email_canonical >= %s AND a.email_canonical < %s AND a.email_canonical <> %s
    ORDER BY a.email_canonical LIMIT %s
"""
_DISABLED: Final = """
    SELECT a.user_id, u.email, u.first_name, u.last_name, a.disabled_at, a.email_canonical AS place
    FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
    WHERE a.disabled_at IS NOT NULL
      AND a.email_canonical >= %s AND a.email_canonical < %s AND a.email_canonical <> %s
    ORDER BY a.email_canonical LIMIT %s
"""
_ENABLED: Final = """
    SELECT a.user_id, u.email, u.first_name, u.last_name, a.disabled_at, a.email_canonical AS place
    FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
    WHERE a.disabled_at IS NULL
      AND a.email_canonical >= %s AND a.email_canonical < %s AND a.email_canonical <> %s
    ORDER BY a.email_canonical LIMIT %s
"""
_OF_ROLE: Final = """
    SELECT g.user_id, u.email, u.first_name, u.last_name, a.disabled_at, g.user_id AS place
    FROM auth_user_roles g JOIN auth_accounts a ON a.user_id = g.user_id JOIN users u ON u.user_id = g.user_id
    WHERE g.role = %s AND g.user_id >= %s AND g.user_id <> %s
    ORDER BY g.user_id LIMIT %s
"""
State = Literal["enabled", "disabled"]
_OF_STATE: Final[Mapping[State | None, LiteralString]] = {
    None: _BY_ADDRESS,
    "enabled": _ENABLED,
    "disabled": _DISABLED,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A user as lists have it; ``place`` is where the next page begins behind it."""

    user_id: UserId
    email: str
    first_name: str
    last_name: str
    disabled_at: int | None
    place: str


class SqlDirectory:
    """Reads the accounts of a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_address(
        self, prefix: Email, *, after: str, limit: int, state: State | None = None
    ) -> Sequence[Listed]:
        """Return users whose e-mail identity begins so and stands behind *after*, in its order."""
        # One beginning of the range: with two of them SQLite takes the first and walks to the second.
        values = (max(prefix, after), prefix + LAST, after, limit)
        return [listed(row) for row in self._database.query(_OF_STATE[state], values, fetch="all")]

    def of_role(self, role: str, *, after: str, limit: int) -> Sequence[Listed]:
        """Return users who were granted a role, and whose id stands behind *after*, in the order of ids."""
        start = after if is_uuid(after) else _FIRST_ID
        rows = self._database.query(_OF_ROLE, (role, start, start, limit), fetch="all")
        return [listed(row) for row in rows]


def listed(row: Row) -> Listed:
    """Return the user of a row with what a list shows and the ``place``."""
    user_id, email, first, last, disabled_at, place = row
    # An older table may allow NULL.
    return Listed(
        UserId(str(user_id)),
        str(email or ""),
        str(first or ""),
        str(last or ""),
        disabled_at if isinstance(disabled_at, int) else None,
        str(place),
    )
