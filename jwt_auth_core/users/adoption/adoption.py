"""Users that another application wrote get their account row: the e-mail identity is computed here.

Of two rows with one identity the earlier gets it; the later is left alone and named, and neither
can log in as the other (CVE-2019-19844). May be repeated, and run by many workers at once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.errors import InvalidInputError, MissingDriverError, UnavailableError
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.adoption.left import Left, nameless
from jwt_auth_core.users.adoption.mark import beginning, is_marked, mark, unmark
from jwt_auth_core.users.adoption.orphans import forget, make_way, respell
from jwt_auth_core.users.adoption.unadopted import unadopted, windows
from jwt_auth_core.users.email import NEEDS_IDNA, own_text, parse_email
from jwt_auth_core.users.user import is_uuid
from jwt_auth_core.vocabulary import Email, UserId

STOPPED: Final = (
    "adoption stopped after %d users, who keep their accounts; "
    "run `jwt-auth migrate` again, it goes on from there"
)
PAGE: Final = 50_000
"""How many rows one look through SQLite's table brings: each look reads all of it, and nothing ends it."""
BATCH: Final = 500
"""How many rows one statement writes: none takes long, and SQLite's time for one grows with their square."""

_LOGGER: Final = logging.getLogger("jwt_auth.users")
_NEXT: Final = """
    SELECT u.user_id, u.email
    FROM users u LEFT JOIN auth_accounts a ON a.user_id = u.user_id
    WHERE a.user_id IS NULL AND u.user_id IS NOT NULL
    ORDER BY u.created_at NULLS FIRST, u.user_id LIMIT %s OFFSET %s
"""
# Plain addresses that are as their account says are passed over; the others are looked at in Python.
_CHANGED: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT u.user_id, u.email, a.email_canonical
        FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
        WHERE a.email_canonical <> u.email::text COLLATE "C"
          AND a.email_canonical <> lower(u.email::text COLLATE "C")
          AND (%s::uuid IS NULL OR a.user_id > %s::uuid) AND (%s::uuid IS NULL OR a.user_id <= %s::uuid)
    """,
    # By rowid, as the table lies in the file: by its ids each row would be somewhere else.
    "sqlite": """
        SELECT u.user_id, u.email, a.email_canonical
        FROM auth_accounts a CROSS JOIN users u ON u.user_id = a.user_id
        WHERE a.email_canonical <> u.email AND a.email_canonical <> lower(u.email)
          AND a.rowid > COALESCE(%s, %s, 0) AND a.rowid <= COALESCE(%s, %s, 9223372036854775807)
    """,
}
_ACCOUNTS: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT user_id FROM auth_accounts WHERE %s::uuid IS NULL OR user_id > %s::uuid
        ORDER BY user_id LIMIT 1 OFFSET %s
    """,
    "sqlite": """
        SELECT rowid FROM auth_accounts WHERE rowid > COALESCE(%s, %s, 0) ORDER BY rowid LIMIT 1 OFFSET %s
    """,
}
_QUEUED: Final = """
    SELECT q.ticket, u.user_id, u.email, a.email_canonical
    FROM auth_unadopted q
    LEFT JOIN users u ON u.user_id = q.user_id
    LEFT JOIN auth_accounts a ON a.user_id = q.user_id
    ORDER BY q.ticket LIMIT %s
"""
_DONE: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "DELETE FROM auth_unadopted WHERE ticket = ANY (%s)",
    "sqlite": "DELETE FROM auth_unadopted WHERE ticket IN (SELECT value FROM json_each(%s))",
}
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
_MOVE: Final = """
    UPDATE auth_accounts SET email_canonical = %s WHERE user_id = %s
    AND NOT EXISTS (SELECT 1 FROM auth_accounts o WHERE o.email_canonical = %s)
"""
_STILL_WITHOUT: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": """
        SELECT p.user_id FROM unnest(%s::uuid[]) AS p (user_id)
        WHERE NOT EXISTS (SELECT 1 FROM auth_accounts a WHERE a.user_id = p.user_id)
    """,
    "sqlite": """
        SELECT p.value AS user_id FROM json_each(%s) p
        WHERE NOT EXISTS (SELECT 1 FROM auth_accounts a WHERE a.user_id = p.value)
    """,
}
_OWNERS: Final[Mapping[Dialect, LiteralString]] = {
    "postgres": "SELECT email_canonical, user_id FROM auth_accounts WHERE email_canonical = ANY (%s)",
    "sqlite": """
        SELECT email_canonical, user_id FROM auth_accounts
        WHERE email_canonical IN (SELECT value FROM json_each(%s))
    """,
}


@dataclass(frozen=True, slots=True)
class Adoption:
    """How many users got an account row, and who did not: mostly, who shares another's identity."""

    adopted: int
    left: tuple[Left, ...]


def adopt(db: Database) -> Adoption:
    """Bring our accounts in step with every row of ``users``; tell who had to be left."""
    since = beginning(db)
    respell(db)
    left, adopted = adopt_queued(db), 0
    without = list[Left]()
    try:
        for rows in unadopted(db, _identity_of) if db.dialect == "postgres" else _by_age(db, without):
            for start in range(0, len(rows), BATCH):
                count, some = _adopt(db, rows[start : start + BATCH])
                adopted += count
                without += some
    except UnavailableError:
        _LOGGER.warning(STOPPED, adopted)
        raise
    names = {one.user_id for one in without}
    left = [one for one in left if one.user_id not in names]
    moved, are_all_known = _follow_changes(db)
    forget(db)
    adoption = Adoption(adopted, (*without, *left, *moved, *nameless(db)))
    if since and are_all_known and not adoption.left:
        mark(db, since)
    return adoption


def catch_up(db: Database) -> list[Left]:
    """Do what `adopt` does, and look at no row where all were in step and others met the guard since."""
    if is_marked(db):
        return adopt_queued(db)
    return list(adopt(db).left)


def _by_age(db: Database, without: Sequence[Left]) -> Iterator[Sequence[Row]]:
    # Who is left stays at the front of what is still without an account.
    while rows := db.query(_NEXT, (PAGE, len(without)), fetch="all"):
        yield rows


def adopt_queued(db: Database) -> list[Left]:
    """Adopt what the guard could not decide by itself; tell who had to be left."""
    left = list[Left]()
    while rows := db.query(_QUEUED, (BATCH,), fetch="all"):
        there = [row for row in rows if row["user_id"] is not None]
        left += _adopt(db, [row for row in there if row["email_canonical"] is None])[1]
        kept, are_all_known = _moved(db, [row for row in there if row["email_canonical"] is not None])
        left += kept
        if left or not are_all_known:
            unmark(db)
        # By ticket: what is written to these rows meanwhile has another one.
        tickets = [row["ticket"] for row in rows]
        db.query(_DONE[db.dialect], (tickets if db.dialect == "postgres" else json.dumps(tickets),))
    return left


def adopt_one(db: Database, user_id: UserId) -> bool:
    """Give one user an account row; False when there is no such user, or it must be left."""
    return _adopt(db, db.query(_ONE, (user_id,), fetch="all"))[0] == 1


def _adopt(db: Database, rows: Sequence[Row]) -> tuple[int, list[Left]]:
    refused = {id(row): fault for row in rows if (fault := _unfit(row))}
    sound = [row for row in rows if id(row) not in refused]
    found = {row["user_id"]: identity for row in sound if (identity := _identity(row["email"]))}
    adopted = 0
    if found:
        users, identities = _given(db, list(found)), _given(db, list(found.values()))
        with db.transaction():
            make_way(db, list(found.values()))
            adopted = db.query(_ADOPT[db.dialect], (users, identities))
    still = _still_without(db, [row["user_id"] for row in sound])
    owners = _owners(db, [found[user] for user in still if user in found])
    left = [
        refused.get(id(row)) or _why(row["user_id"], found.get(row["user_id"]), owners)
        for row in rows
        if id(row) in refused or row["user_id"] in still
    ]
    return adopted, left


def _follow_changes(db: Database) -> tuple[list[Left], bool]:
    """Move the accounts of all rows that changed; as `_moved`."""
    left, are_all_known = list[Left](), True
    for after, upto in windows(db, _ACCOUNTS[db.dialect]):
        rows = db.query(_CHANGED[db.dialect], (after, after, upto, upto), fetch="all")
        kept, are_known = _moved(db, rows)
        left += kept
        are_all_known = are_all_known and are_known
    return left, are_all_known


def _moved(db: Database, rows: Sequence[Row]) -> tuple[list[Left], bool]:
    """Give accounts the identity that their rows have now.

    Tells whose new one is another's, and whether all have one that we can tell.
    """
    left, are_all_known = list[Left](), True
    for row in rows:
        identity = _identity_of(row)
        are_all_known = are_all_known and identity is not None
        if identity is None or identity == row["email_canonical"]:
            continue
        with db.transaction():
            make_way(db, [identity])
            moved = db.query(_MOVE, (identity, row["user_id"], identity))
        if not moved:
            reason = "its new address is another user's, so it keeps the former one here"
            left.append(Left(row["user_id"], reason, _new_address(row["user_id"])))
    return left, are_all_known


def _unfit(row: Row) -> Left | None:
    user_id = row["user_id"]
    if not isinstance(user_id, str) or not is_uuid(user_id):
        shown = user_id.hex() if isinstance(user_id, bytes) else str(user_id)
        remedy = "give the row a UUID as text: UPDATE users SET user_id = ..."
        return Left(shown, "its user_id is no UUID", remedy)
    if not isinstance(row["email"], str):
        what = "NULL" if row["email"] is None else "no text"
        return Left(user_id, f"its email is {what}", _new_address(user_id))
    if "\0" in row["email"]:  # where SQLite takes a text to be at its end, here and not there
        return Left(user_id, "its email has a zero octet", _new_address(user_id))
    return None


def _why(user_id: str, identity: Email | None, owners: Mapping[str, str]) -> Left:
    if identity is None:
        return Left(user_id, "its address has an international domain", str(_needs_idna()))
    owner = owners.get(identity)
    reason = f"its e-mail identity is that of user {owner}" if owner else "its e-mail identity is another's"
    return Left(user_id, reason, f"delete one of them, or: {_new_address(user_id)}")


def _needs_idna() -> MissingDriverError:
    return MissingDriverError("idna", extra="idna")


def _new_address(user_id: str) -> str:
    return f"UPDATE users SET email = ... WHERE user_id = '{user_id}'"  # noqa: S608 - a sentence


def _still_without(db: Database, users: Sequence[str]) -> set[str]:
    found = db.query(_STILL_WITHOUT[db.dialect], (_given(db, users),), fetch="all")
    return {row["user_id"] for row in found}


def _owners(db: Database, identities: Sequence[str]) -> dict[str, str]:
    found = db.query(_OWNERS[db.dialect], (_given(db, identities),), fetch="all")
    return {row["email_canonical"]: row["user_id"] for row in found}


def _given(db: Database, values: Sequence[str]) -> object:
    return list(values) if db.dialect == "postgres" else json.dumps(values)


def _identity_of(row: Row) -> Email | None:
    return None if _unfit(row) else _identity(row["email"])


def _identity(email: str) -> Email | None:
    try:
        return parse_email(email).canonical
    except InvalidInputError as exc:
        if exc.errors[0].code == NEEDS_IDNA:
            return None
        return own_text(email)  # "root@localhost"
