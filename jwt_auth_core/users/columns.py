"""Columns: what an application keeps in ``users`` beside ours, for `User.columns`.

Only where ``USER_COLUMNS`` names some: then each look-up reads them, too, those of a whole batch at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.steps import Steps, aside
from jwt_auth_core.users.standing import Standing
from jwt_auth_core.users.user import Columns, User
from jwt_auth_core.users.withheld import CautiousUsers
from jwt_auth_core.vocabulary import Email, SessionId, UserId

_ROWS: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "SELECT * FROM users WHERE user_id IN (SELECT json_array_elements_text(%s::json)::uuid)",
    "sqlite": "SELECT * FROM users WHERE user_id IN (SELECT value FROM json_each(%s))",
}


class UsersWithColumns(CautiousUsers):
    """The same users with some of their table's own columns."""

    def __init__(self, db: Database, *, names: Sequence[str], **named: Any) -> None:
        super().__init__(db, **named)
        self._rows_of = db
        self._names = tuple(names)

    def find(self, user_id: UserId) -> User | None:
        """Return the user, or None."""
        return self._filled(super().find(user_id))

    def find_by_email(self, canonical: Email) -> User | None:
        """Return the user with this e-mail identity, or None."""
        return self._filled(super().find_by_email(canonical))

    def reading(self, pairs: Sequence[tuple[UserId, SessionId]]) -> Steps[list[Standing]]:
        """Return the standing of each pair in steps, in order."""
        standings = yield from super().reading(pairs)
        users = {one.user.user_id for one in standings if one.user is not None}
        columns = yield from aside(self._columns)(sorted(users))
        return [
            one
            if one.user is None
            else Standing(replace(one.user, columns=columns[one.user.user_id]), one.session_ended)
            for one in standings
        ]

    def _filled(self, user: User | None) -> User | None:
        return None if user is None else replace(user, columns=self._columns([user.user_id])[user.user_id])

    def _columns(self, ids: Sequence[UserId]) -> dict[UserId, Columns]:
        """Return what the rows have; of one that went meanwhile nothing."""
        found = {one: Columns({}) for one in ids}
        if ids:
            sql = _ROWS[self._rows_of.dialect]
            for row in self._rows_of.query(sql, (json.dumps(ids),), fetch="all"):
                values = {name: row[name] for name in self._names if name in row.keys()}  # noqa: SIM118
                found[UserId(str(row["user_id"]))] = Columns(values)
        return found
