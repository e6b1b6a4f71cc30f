"""Users that an older application wrote get their account row: the e-mail identity is computed here.

Of two rows with one identity the earlier gets it; the later is left alone and reported, and neither
can log in as the other (CVE-2019-19844). May be repeated, and run by many workers at once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database, Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.users.email import NEEDS_IDNA, own_text, parse_email
from jwt_auth_core.vocabulary import Email, UserId

_LOGGER: Final = logging.getLogger("jwt_auth.users")
BATCH: Final = 1000

_NEXT: Final = """
    SELECT u.user_id, u.email, COALESCE(u.created_at, '1970-01-01 00:00:00') AS since
    FROM users u LEFT JOIN auth_accounts a ON a.user_id = u.user_id
    WHERE a.user_id IS NULL
    ORDER BY since, u.user_id LIMIT %s OFFSET %s
"""
_ONE: Final = "SELECT user_id, email FROM users WHERE user_id = %s"
_ADOPT: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        INSERT INTO auth_accounts (user_id, email_canonical)
        SELECT p.user_id, p.canonical
        FROM unnest(%s::uuid[], %s::text[]) WITH ORDINALITY AS p (user_id, canonical, place)
        ORDER BY p.place
        ON CONFLICT DO NOTHING
    """,
    "sqlite": """
        INSERT INTO auth_accounts (user_id, email_canonical)
        SELECT p.value, q.value FROM json_each(%s) p JOIN json_each(%s) q ON q.key = p.key
        WHERE TRUE ORDER BY p.key
        ON CONFLICT DO NOTHING
    """,
}
_STILL_WITHOUT: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT p.user_id FROM unnest(%s::uuid[]) WITH ORDINALITY AS p (user_id, place)
        WHERE NOT EXISTS (SELECT 1 FROM auth_accounts a WHERE a.user_id = p.user_id)
        ORDER BY p.place
    """,
    "sqlite": """
        SELECT p.value AS user_id FROM json_each(%s) p
        WHERE NOT EXISTS (SELECT 1 FROM auth_accounts a WHERE a.user_id = p.value)
        ORDER BY p.key
    """,
}


@dataclass(frozen=True, slots=True)
class Adoption:
    """How many users got an account row, and who did not: mostly, who shares another's identity."""

    adopted: int
    left: tuple[UserId, ...]


def adopt(db: Database) -> Adoption:
    """Give every user without an account row one; log a warning for each that must be left."""
    adopted, left = 0, list[UserId]()
    # Who is left stays at the front of what is still without an account.
    while rows := db.query(_NEXT, (BATCH, len(left)), fetch="all"):
        adopted += _adopt(db, rows)
        left += _still_without(db, rows)
    for user_id in left:
        _LOGGER.warning("user %s got no account: another has the same e-mail identity", user_id)
    return Adoption(adopted, tuple(left))


def adopt_one(db: Database, user_id: UserId) -> bool:
    """Give one user an account row; False when there is no such user, or it must be left."""
    return _adopt(db, db.query(_ONE, (user_id,), fetch="all")) == 1


def _adopt(db: Database, rows: Sequence[Row]) -> int:
    found = [(row["user_id"], canonical) for row in rows if (canonical := _identity(row["email"]))]
    users, identities = [u for u, _ in found], [i for _, i in found]
    return db.query(_ADOPT[db.dialect], (_given(db, users), _given(db, identities)))


def _still_without(db: Database, rows: Sequence[Row]) -> list[UserId]:
    users = [row["user_id"] for row in rows]
    found = db.query(_STILL_WITHOUT[db.dialect], (_given(db, users),), fetch="all")
    return [UserId(row["user_id"]) for row in found]


def _given(db: Database, values: Sequence[str]) -> object:
    return list(values) if db.dialect == "postgres" else json.dumps(values)


def _identity(email: str) -> Email | None:
    try:
        return parse_email(email).canonical
    except InvalidInputError as exc:
        if exc.errors[0].code == NEEDS_IDNA:
            return None
        return own_text(email)  # "root@localhost"
