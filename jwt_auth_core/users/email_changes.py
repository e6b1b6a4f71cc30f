"""Changes of addresses in the database, on SQLite and PostgreSQL: the table ``auth_email_changes``.

The swap of an address is one transaction with its reservation. Whoever takes an address looks for one after
having taken it: then no reservation of before can be missed, however many do it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.database.users_table import widths
from jwt_auth_core.errors import EmailTakenError, FieldError, InvalidInputError, UniqueViolationError
from jwt_auth_core.users.email_change import UNDO_SECONDS, EmailChange
from jwt_auth_core.vocabulary import Email, UserId

FORGOTTEN_AT_ONCE: Final = 100

_FORGET_ASKED: Final = "DELETE FROM auth_email_changes WHERE user_id = %s AND confirmed_at IS NULL"
_FORGET_OLD: Final = """
    DELETE FROM auth_email_changes WHERE letter_id IN
    (SELECT letter_id FROM auth_email_changes WHERE undo_until <= %s ORDER BY undo_until LIMIT %s)
"""
_ASK: Final = """
    INSERT INTO auth_email_changes (letter_id, user_id, old_email, old_canonical, new_email, new_canonical,
        version, asked_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_FIND: Final = """
    SELECT letter_id, user_id, old_email, old_canonical, new_email, new_canonical, version, asked_at,
           confirmed_at, undo_until
    FROM auth_email_changes WHERE letter_id = %s
"""
# The account's row first: whoever else changes this user's address waits here, and then finds another one.
_MOVE_ACCOUNT: Final = """
    UPDATE auth_accounts SET email_canonical = %s WHERE user_id = %s AND email_canonical = %s
"""
_MOVE: Final = "UPDATE users SET email = %s WHERE user_id = %s AND email = %s"
_GIVE_ACCOUNT: Final = "UPDATE auth_accounts SET email_canonical = %s WHERE user_id = %s"
_GIVE: Final = "UPDATE users SET email = %s WHERE user_id = %s"
_CONFIRM: Final = """
    UPDATE auth_email_changes SET confirmed_at = %s, undo_until = %s,
        number = (SELECT COALESCE(MAX(c.number), 0) + 1 FROM auth_email_changes c WHERE c.user_id = %s)
    WHERE letter_id = %s AND confirmed_at IS NULL
"""
# Whoever reads the mailbox that has the address again could have undone these, and the one that gave it back.
_CLOSE_LATER: Final = """
    UPDATE auth_email_changes SET undo_until = %s
    WHERE user_id = %s AND undo_until > %s AND number >
        (SELECT MIN(c.number) FROM auth_email_changes c
         WHERE c.user_id = %s AND c.old_canonical = %s AND c.undo_until > %s)
"""
_UNDO: Final = """
    DELETE FROM auth_email_changes WHERE user_id = %s AND (confirmed_at IS NULL
        OR number >= (SELECT c.number FROM auth_email_changes c WHERE c.letter_id = %s))
"""
_IS_RESERVED: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        SELECT 1 AS found FROM auth_email_changes WHERE old_canonical = %s AND user_id <> %s
        AND undo_until > COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER))
    """,
    "postgres": """
        SELECT 1 AS found FROM auth_email_changes WHERE old_canonical = %s AND user_id <> %s
        AND undo_until > COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint)
    """,
}
# A row that nobody adopted yet has its address all the same.
_IS_ANOTHERS: Final = "SELECT 1 AS found FROM users WHERE email IN (%s, %s) AND user_id <> %s"


class _ChangedMeanwhileError(Exception):
    """Undoes a transaction; never leaves this file."""


def refuse_reserved(database: Database, canonical: Email, user_id: UserId, *, now: int | None) -> None:
    """Refuse an address that another user may get back, in the transaction in which it was taken.

    Without ``now`` the time is the database's.

    Raises:
        EmailTakenError: one may.
    """
    text, values = _IS_RESERVED[database.dialect], (canonical, user_id, now)
    if database.query(text, values, fetch="one") is not None:
        raise EmailTakenError


class SqlEmailChanges:
    """`EmailChanges` in a database whose schema is there.

    ``catch_up`` adopts what others wrote, before anybody is given an address.
    """

    def __init__(self, database: Database, *, catch_up: Callable[[], None]) -> None:
        self._database = database
        self._catch_up = catch_up

    def ask(self, change: EmailChange) -> None:
        """See `EmailChanges.ask`."""
        longest = widths(self._database).get("email", len(change.new_email))
        if len(change.new_email) > longest:
            message = f"must be at most {longest} characters long"
            raise InvalidInputError([FieldError("new_email", "too_long", message)])
        old = (change.old_email, change.old_canonical)
        new = (change.new_email, change.new_canonical)
        with self._database.transaction():
            self._database.query(_FORGET_OLD, (change.asked_at, FORGOTTEN_AT_ONCE))
            self._database.query(_FORGET_ASKED, (change.user_id,))
            kept = (change.letter_id, change.user_id, *old, *new, change.version, change.asked_at)
            self._database.query(_ASK, kept)

    def find(self, letter_id: str) -> EmailChange | None:
        """See `EmailChanges.find`."""
        row = self._database.query(_FIND, (letter_id,), fetch="one")
        return None if row is None else _change(row)

    def confirm(self, change: EmailChange, *, now: int) -> bool:
        """See `EmailChanges.confirm`."""
        user_id, query = change.user_id, self._database.query
        self._catch_up()
        with suppress(_ChangedMeanwhileError):
            with self._taking(change.new_email, change.new_canonical, user_id, now=now):
                moved = query(_MOVE_ACCOUNT, (change.new_canonical, user_id, change.old_canonical))
                moved += query(_MOVE, (change.new_email, user_id, change.old_email))
                moved += query(_CONFIRM, (now, now + UNDO_SECONDS, user_id, change.letter_id))
                if moved != len((_MOVE_ACCOUNT, _MOVE, _CONFIRM)):
                    raise _ChangedMeanwhileError
                query(_CLOSE_LATER, (now, user_id, now, user_id, change.new_canonical, now))
            return True
        return False

    def undo(self, change: EmailChange, *, now: int) -> bool:
        """See `EmailChanges.undo`."""
        user_id, query = change.user_id, self._database.query
        with suppress(_ChangedMeanwhileError):
            with self._taking(change.old_email, change.old_canonical, user_id, now=now):
                query(_GIVE_ACCOUNT, (change.old_canonical, user_id))
                query(_GIVE, (change.old_email, user_id))
                if not query(_UNDO, (user_id, change.letter_id)):
                    raise _ChangedMeanwhileError
            return True
        return False

    @contextmanager
    def _taking(self, email: str, canonical: Email, user_id: UserId, *, now: int) -> Generator[None]:
        try:
            with self._database.transaction():
                yield
                self._refuse_anothers(email, canonical, user_id, now=now)
        except UniqueViolationError:
            raise EmailTakenError from None

    def _refuse_anothers(self, email: str, canonical: Email, user_id: UserId, *, now: int) -> None:
        if self._database.query(_IS_ANOTHERS, (email, canonical, user_id), fetch="one") is not None:
            raise EmailTakenError
        refuse_reserved(self._database, canonical, user_id, now=now)


def _change(row: Row) -> EmailChange:
    return EmailChange(
        letter_id=row["letter_id"],
        user_id=UserId(row["user_id"]),
        old_email=row["old_email"],
        old_canonical=Email(row["old_canonical"]),
        new_email=row["new_email"],
        new_canonical=Email(row["new_canonical"]),
        version=row["version"],
        asked_at=row["asked_at"],
        confirmed_at=row["confirmed_at"],
        undo_until=row["undo_until"],
    )
