"""Users in PostgreSQL or SQLite: each statement once, a constant; look_ups.py has those that find users."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, LiteralString, NamedTuple

from jwt_auth_core.database.account_row import hold, read_settled
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect, scan
from jwt_auth_core.database.users_table import has_hex_ids
from jwt_auth_core.errors import (
    EmailTakenError,
    InvalidValueError,
    QueryError,
    UniqueViolationError,
    UserNotFoundError,
)
from jwt_auth_core.steps import Steps, run
from jwt_auth_core.users import account_statements, added, look_ups
from jwt_auth_core.users.adoption.adoption import adopt_one
from jwt_auth_core.users.email_changes import refuse_reserved
from jwt_auth_core.users.misfit import refusal, unfit_unique
from jwt_auth_core.users.standing import PURGED_AT_ONCE, Standing
from jwt_auth_core.users.user import NewUser, User, is_user_id, is_uuid, new_user_id, scopes_text
from jwt_auth_core.vocabulary import Clock, Email, SessionId, UserId

# The guard on users has made the account, unless the identity is another's: then our index refuses this.
_ADD_ACCOUNT: Final = """
    INSERT INTO auth_accounts (user_id, email_canonical, scopes) VALUES (%s, %s, %s)
    ON CONFLICT (user_id) DO UPDATE SET email_canonical = excluded.email_canonical, scopes = excluded.scopes
"""
_IS_TAKEN: Final = """
    SELECT 1 FROM auth_accounts WHERE email_canonical = %s
    UNION ALL SELECT 1 FROM users WHERE email IN (%s, %s, %s)
"""

NO_PASSWORD: Final = "!"
"""What stands for a missing hash; no password opens it."""

_REPLACE_HASH: Final = "UPDATE users SET password_hash = %s WHERE user_id = %s AND password_hash = %s"


class _ChangedMeanwhileError(Exception):
    """Undoes a transaction; never leaves this file."""


def _rest() -> None:
    """Do nothing: all there is was adopted."""


class SqlUsers:
    """A UserStore, Standings and Accounts over the documented table and ours.

    ``catch_up`` adopts what others wrote, before anybody is looked up by address or added.
    """

    def __init__(
        self, db: Database, *, catch_up: Callable[[], None] = _rest, clock: Clock | None = None
    ) -> None:
        self._db = db
        self._clock = clock
        self._catch_up = catch_up
        self._adding: LiteralString | None = None
        self._is_id = is_user_id if db.dialect == "postgres" else is_uuid

    def add(self, new: NewUser) -> User:
        """Store a user under a new id; raises EmailTakenError."""
        user_id, scopes = new_user_id(), scopes_text(new.scopes)
        if has_hex_ids(self._db):
            user_id = UserId(user_id.replace("-", ""))
        self._catch_up()
        self._adding = self._adding or added.statement(self._db)
        spellings = (new.email, new.canonical, new.typed or new.email)
        values = (user_id, new.email, new.password_hash, new.first_name, new.last_name, *spellings)
        try:
            with self._db.transaction():
                if not self._db.query(self._adding, values):
                    raise EmailTakenError
                self._db.query(_ADD_ACCOUNT, (user_id, new.canonical, scopes))
                now = None if self._clock is None else self._clock()
                refuse_reserved(self._db, new.canonical, user_id, now=now)
        except UniqueViolationError as exc:
            if self._db.query(_IS_TAKEN, (new.canonical, *spellings)):
                raise EmailTakenError from exc
            raise unfit_unique(exc.constraint) from exc
        except (QueryError, InvalidValueError) as exc:
            self._adding = None  # the table may have been changed
            raise (refusal(self._db, new) or exc) from exc
        return User(
            user_id,
            new.email,
            new.first_name,
            new.last_name,
            new.password_hash,
            frozenset(scopes.split()),
            own_scopes=frozenset(scopes.split()),
        )

    def find(self, user_id: UserId) -> User | None:
        """Return the user, or None."""
        if not self._is_id(user_id):
            return None
        found = self._db.planned(look_ups.FIND[self._db.dialect], (user_id,)).rows
        return _user(found[0]) if found else None

    def find_settled(self, user_id: UserId) -> User | None:
        """Return the user as whoever is changing what opens the account leaves it, or None."""
        if not self._is_id(user_id):
            return None
        found = read_settled(self._db, user_id, look_ups.FIND[self._db.dialect], (user_id,)).rows
        return _user(found[0]) if found else None

    def find_by_email(self, canonical: Email) -> User | None:
        """Return the user with this e-mail identity, or None."""
        self._catch_up()
        sql = look_ups.FIND_BY_EMAIL[self._db.dialect]
        rows = self._db.planned(sql, (canonical, canonical, canonical)).rows
        # Compared again here: an older table may compare without regard to case (ID-1).
        exact = [facts for *facts, identity in rows if identity == canonical and self._is_one(facts[0])]
        return _user(exact[0]) if exact else None

    def replace_password_hash(self, user_id: UserId, *, expected_hash: str, new_hash: str) -> bool:
        """Swap the hash if it still is ``expected_hash``; tell whether it was."""
        return self._is_id(user_id) and self._db.query(_REPLACE_HASH, (new_hash, user_id, expected_hash)) == 1

    def read(self, pairs: Sequence[tuple[UserId, SessionId]]) -> list[Standing]:
        """Return the standing of each pair, in order."""
        return run(self.reading(pairs))

    def reading(self, pairs: Sequence[tuple[UserId, SessionId]]) -> Steps[list[Standing]]:
        """Return the same in steps."""
        if not pairs:
            return []
        dialect = self._db.dialect
        outcome = yield from self._db.running(scan(look_ups.READ[dialect], dialect), _lists(pairs, dialect))
        return [_standing(row) for row in outcome.rows]

    def end_session(
        self, session_id: SessionId, *, user_id: UserId | None, reason: str, now: int, expires_at: int
    ) -> bool:
        """Record that a session is over, tell whether it is news; forget some whose time has come."""
        recorded = self._db.query(
            account_statements.END_SESSION, (session_id, user_id, reason, now, expires_at)
        )
        self._db.query(account_statements.FORGET_ENDED, (now, PURGED_AT_ONCE))
        return recorded == 1

    def adopt(self, user_id: UserId) -> None:
        """See that the user has an account row.

        Raises:
            UserNotFoundError: there is no such user, or another has the same e-mail identity.
        """
        if not self._is_id(user_id):
            raise UserNotFoundError
        if self._has_account(user_id) or adopt_one(self._db, user_id) or self._has_account(user_id):
            return
        raise UserNotFoundError

    def set_scopes(self, user_id: UserId, scopes: Iterable[str]) -> None:
        """Replace the user's scopes."""
        text = scopes_text(scopes)
        self.adopt(user_id)
        self._db.query(account_statements.SET_SCOPES, (text, user_id))

    def disable(self, user_id: UserId, *, now: int) -> int:
        """Disable the user from ``now`` on and end all sessions; return the session version."""
        self.adopt(user_id)
        return self._version(account_statements.DISABLE, (now, now, now, user_id))

    def enable(self, user_id: UserId) -> None:
        """Take `disable` back; what began before stays over."""
        self.adopt(user_id)
        self._db.query(account_statements.ENABLE, (user_id,))

    def cut_off(self, user_id: UserId, *, now: int, expected_version: int | None = None) -> int | None:
        """End all sessions; return the session version, or None where it is not the expected one."""
        self.adopt(user_id)
        if expected_version is None:
            return self._version(account_statements.CUT_OFF, (now, now, user_id))
        row = self._db.query(
            account_statements.CUT_OFF_IF, (now, now, user_id, expected_version), fetch="one"
        )
        return None if row is None else int(row["session_version"])

    def cut_off_tokens(self, user_id: UserId, *, now: int) -> None:
        """End the user's access tokens, and no session."""
        self.adopt(user_id)
        self._db.query(account_statements.CUT_OFF_TOKENS, (now, now, user_id))

    def change_password(
        self, user_id: UserId, *, expected_hash: str, new_hash: str, expected_version: int, now: int
    ) -> bool:
        """Swap the hash and end all sessions in one transaction; tell whether it was done."""
        with suppress(_ChangedMeanwhileError), self._db.transaction():
            self._hold(user_id)
            if not self.replace_password_hash(user_id, expected_hash=expected_hash, new_hash=new_hash):
                return False
            if self.cut_off(user_id, now=now, expected_version=expected_version) is None:
                raise _ChangedMeanwhileError
            return True
        return False

    def delete(self, user_id: UserId) -> None:
        """Remove the user; the tables of ours follow by their foreign keys."""
        if not self._is_id(user_id):
            raise UserNotFoundError
        with self._db.transaction():
            self._hold(user_id)
            if not self._db.query(account_statements.DELETE, (user_id,)):
                raise UserNotFoundError

    def _hold(self, user_id: UserId) -> None:
        if self._is_id(user_id):  # before the row of users, as everybody does who changes both
            hold(self._db, user_id)

    def _is_one(self, user_id: object) -> bool:
        return isinstance(user_id, str) and self._is_id(user_id)  # SQLite lets anything in

    def _has_account(self, user_id: UserId) -> bool:
        return self._db.query(account_statements.HAS_ACCOUNT, (user_id,), fetch="one") is not None

    def _version(self, sql: LiteralString, values: tuple[object, ...]) -> int:
        row = self._db.query(sql, values, fetch="one")
        if row is None:  # deleted meanwhile
            raise UserNotFoundError
        return int(row["session_version"])


def _lists(pairs: Sequence[tuple[UserId, SessionId]], dialect: Dialect) -> tuple[str, str]:
    """Return the ids of users and of sessions, each as one text."""
    is_id = is_user_id if dialect == "postgres" else is_uuid
    users = [user_id if is_id(user_id) else "" for user_id, _ in pairs]
    # No comma comes through, so nobody's answer is another's; nor is "-" anybody's id.
    sessions = [session_id if session_id.isalnum() else "-" for _, session_id in pairs]
    if dialect == "sqlite":
        return json.dumps(users), json.dumps(sessions)
    return ",".join(users), ",".join(sessions)


def _standing(row: Sequence[Any]) -> Standing:
    *facts, ended = row
    return Standing(None if facts[0] is None else _user(facts), ended is not None)


def _user(facts: Sequence[Any]) -> User:
    """Return a user of the columns that each look-up begins with."""
    user_id, email, first, last, password_hash, scopes, disabled_at, ended_at, version, *others = facts
    cut_at, cut, failures, factors, deletion_at, roles = others
    granted = _granted(scopes, roles)
    # An older table may allow NULL: no name, and no password that opens.
    return User(
        UserId(user_id),
        email or "",
        first or "",
        last or "",
        password_hash or NO_PASSWORD,
        granted.scopes,
        disabled_at,
        ended_at,
        version or 0,
        granted.own_scopes,
        granted.roles,
        cut_at,
        cut or 0,
        failures or 0,
        factors or 0,
        deletion_at,
        role_scopes=granted.role_scopes,
    )


class _Granted(NamedTuple):
    scopes: frozenset[str]
    own_scopes: frozenset[str]
    roles: frozenset[str]
    role_scopes: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1024)  # many users have the same
def _granted(scopes: str | None, roles: str | None) -> _Granted:
    """Return what a user may: what it was granted itself, and by roles, each a name and its scopes."""
    own = frozenset((scopes or "").split())
    listed = [role.split() for role in (roles or "").split('"') if role]
    by_role = {name: frozenset(those) for name, *those in listed}
    return _Granted(own.union(*by_role.values()), own, frozenset(by_role), by_role)
