"""The row of an account, held: whoever changes what opens an account waits for whoever does so already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
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


def wait_for(database: Database, user_id: str) -> None:
    """Return once whoever holds the row is through: what is read after that is as they left it.

    Raises:
        UnavailableError: the database does not answer.
    """
    if database.dialect == "postgres":
        hold(database, user_id)
        return
    with database.joined():  # alone by then
        pass


def hold_there(database: Database, user_id: str, *, is_enabled: bool = False) -> None:
    """Do the same for a row that has to be there.

    Raises:
        UserNotFoundError: it is not, or is disabled.
        UnavailableError: the database does not answer.
    """
    if not hold(database, user_id, is_enabled=is_enabled):
        raise UserNotFoundError
