"""The row of an account, held: whoever changes what opens an account waits for whoever does so already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database, Outcome
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.errors import UserNotFoundError

# A transaction of SQLite that writes is alone; PostgreSQL has to be told.
_HOLD: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": "SELECT disabled_at FROM auth_accounts WHERE user_id = %s",
    "postgres": "SELECT disabled_at FROM auth_accounts WHERE user_id = %s FOR UPDATE",
}


def hold(database: Database, user_id: str, *, is_enabled: bool = False) -> bool:
    """Hold the row until the transaction ends; tell whether it is there, and enabled where that is asked.

    Raises:
        UnavailableError: the database does not answer.
    """
    row = database.query(_HOLD[database.dialect], (user_id,), fetch="one")
    return row is not None and not (is_enabled and row["disabled_at"] is not None)


def read_settled(
    database: Database, user_id: str, sql: LiteralString, params: Sequence[object] = ()
) -> Outcome:
    """Run a statement that reads once whoever holds the row is through: it finds what they left.

    Raises:
        UnavailableError: the database does not answer.
    """
    if database.dialect == "sqlite":
        with database.joined():  # alone by then
            return database.planned(sql, params)
    return database.behind(_HOLD[database.dialect], (user_id,), sql, params)


def hold_there(database: Database, user_id: str, *, is_enabled: bool = False) -> None:
    """Do the same for a row that has to be there.

    Raises:
        UserNotFoundError: it is not, or is disabled.
        UnavailableError: the database does not answer.
    """
    if not hold(database, user_id, is_enabled=is_enabled):
        raise UserNotFoundError
