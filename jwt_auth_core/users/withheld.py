"""Withheld scopes: what nobody is granted who has not verified the address, whoever granted it (RST-6).

They are the user's all the same, and come with the next refresh once the address is verified.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect, scan
from jwt_auth_core.steps import Steps, run
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.standing import Standing
from jwt_auth_core.users.user import NewUser, User
from jwt_auth_core.vocabulary import Email, SessionId, UserId

Withhold = Callable[[frozenset[str]], frozenset[str]]
"""Returns those of a user's scopes that are granted to somebody whose address is not verified."""

_VERIFIED: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT v.user_id FROM auth_verified_emails v
        JOIN auth_accounts a ON a.user_id = v.user_id AND a.email_canonical = v.address
        WHERE v.user_id = ANY (string_to_array(%s, ',')::uuid[])
    """,
    "sqlite": """
        SELECT v.user_id FROM auth_verified_emails v
        JOIN auth_accounts a ON a.user_id = v.user_id AND a.email_canonical = v.address
        WHERE v.user_id IN (SELECT value FROM json_each(%s))
    """,
}


class CautiousUsers(SqlUsers):
    """`SqlUsers` who are told without the scopes that are withheld from them.

    Whether an address is verified is asked for those alone who have such a scope.
    """

    def __init__(self, db: Database, *, withhold: Withhold, **named: Any) -> None:
        super().__init__(db, **named)
        self._withhold = withhold

    def add(self, new: NewUser) -> User:
        """Store a user under a new id; raises EmailTakenError."""
        return self._cautious(super().add(new))

    def find(self, user_id: UserId) -> User | None:
        """Return the user, or None."""
        user = super().find(user_id)
        return None if user is None else self._cautious(user)

    def find_by_email(self, canonical: Email) -> User | None:
        """Return the user with this e-mail identity, or None."""
        user = super().find_by_email(canonical)
        return None if user is None else self._cautious(user)

    def reading(self, pairs: Sequence[tuple[UserId, SessionId]]) -> Steps[list[Standing]]:
        """Return the standing of each pair, in order, in steps."""
        standings = yield from super().reading(pairs)
        users = [one.user for one in standings if one.user is not None]
        granted = yield from self._granted(users)
        return [
            Standing(None if one.user is None else granted[one.user.user_id], one.session_ended)
            for one in standings
        ]

    def _cautious(self, user: User) -> User:
        return run(self._granted([user]))[user.user_id]

    def _granted(self, users: Sequence[User]) -> Steps[dict[UserId, User]]:
        """Return each user with the scopes that are granted now."""
        limited = {user.user_id: replace(user, scopes=self._withhold(user.scopes)) for user in users}
        asked = {user.user_id for user in users if limited[user.user_id].scopes != user.scopes}
        verified = yield from self._verified(sorted(asked))
        return {user.user_id: user if user.user_id in verified else limited[user.user_id] for user in users}

    def _verified(self, user_ids: Sequence[UserId]) -> Steps[set[str]]:
        if not user_ids:
            return set()
        dialect = self._db.dialect
        text = json.dumps(user_ids) if dialect == "sqlite" else ",".join(user_ids)
        outcome = yield from self._db.running(scan(_VERIFIED[dialect], dialect), (text,))
        return {row[0] for row in outcome.rows}
