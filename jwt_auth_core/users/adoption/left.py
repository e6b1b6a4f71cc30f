"""A row of ``users`` that adoption had to leave: whose it is, why, and what helps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.users_table import RANDOM_ID, has_hex_ids
from jwt_auth_core.records import dataclass

_NAMELESS: Final = "SELECT count(*) AS number FROM users WHERE user_id IS NULL"


@dataclass(frozen=True, slots=True)
class Left:
    """A row that got no account, or kept its former identity.

    ``user_id`` is the id as text, whatever its type; no address is told.
    """

    user_id: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"user {self.user_id}: {self.reason}; {self.remedy}"


def nameless(db: Database) -> Iterator[Left]:
    """Return the rows without an id as one, with the statement that gives each of them one."""
    row = db.query(_NAMELESS, fetch="one")
    if row is None or not row["number"]:
        return
    number = row["number"]
    reason = "one row has no user_id" if number == 1 else f"{number} rows have no user_id"
    new_id = RANDOM_ID[db.dialect]
    if has_hex_ids(db):
        new_id = f"replace({new_id}, '-', '')"
    yield Left("NULL", reason, f"UPDATE users SET user_id = {new_id} WHERE user_id IS NULL")  # noqa: S608 - a sentence
