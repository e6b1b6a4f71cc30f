"""Who has ``auth:admin``, on SQLite and PostgreSQL; one constant statement, all values bound."""

from __future__ import annotations

from typing import Final

from jwt_auth_core.database.query import Database
from jwt_auth_core.vocabulary import UserId

_TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('jwt-auth admins'))"
# Whoever takes something from an account changes this row, and waits; others may look at it meanwhile.
_HOLD: Final = "SELECT user_id FROM auth_accounts WHERE user_id = %s FOR SHARE"
# What is left of a text of scopes without those that cover auth:admin is another text where one was there.
# LIKE would not tell upper from lower case on SQLite.
_OTHER: Final = """
    SELECT 1 AS found FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
    WHERE a.disabled_at IS NULL AND a.deletion_at IS NULL AND a.user_id <> %s AND (
        REPLACE(REPLACE(REPLACE(' ' || a.scopes || ' ', ' * ', ''), ' auth:* ', ''), ' auth:admin ', '')
            <> ' ' || a.scopes || ' '
        OR EXISTS (
            SELECT 1 FROM auth_user_roles g JOIN auth_roles r ON r.name = g.role
            WHERE g.user_id = a.user_id
            AND REPLACE(
                REPLACE(REPLACE(' ' || r.scopes || ' ', ' * ', ''), ' auth:* ', ''), ' auth:admin ', ''
            ) <> ' ' || r.scopes || ' '
        )
    ) LIMIT 1
"""


class SqlAdmins:
    """Counts admins in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_turn(self) -> None:
        """Wait, in the open transaction, for others that may take ``auth:admin`` from somebody."""
        if self._database.dialect == "postgres":  # SQLite has one writer at a time
            self._database.query(_TURN)

    def hold(self, user_id: UserId) -> None:
        """Keep, until the open transaction ends, others from changing what an admin may."""
        self.take_turn()  # two admins who change each other at once would wait for each other
        if self._database.dialect == "postgres":
            self._database.query(_HOLD, (user_id,), fetch="one")

    def has_other(self, user_id: UserId) -> bool:
        """Tell whether another user has the scope, by itself or by a role; none who is to be deleted."""
        return self._database.query(_OTHER, (user_id,), fetch="one") is not None
