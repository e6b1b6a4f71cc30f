"""Deletion of accounts: when one is due, who takes that back, and what is removed in the end.

A due account is claimed by the lock on its row: one process erases it, and whoever signs in at that moment
either took the deletion back before, or finds nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, LiteralString, Protocol

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import SessionId, UserId

GRACE_SECONDS: Final = 30 * 86_400
"""How long an account that its user deleted can be had back: 30 days."""

LATE_SECONDS: Final = 25 * 3600
"""How long after an erasure what was written meanwhile is looked for: no access token lives longer."""

_SCHEDULE: Final = """
    UPDATE auth_accounts SET deletion_at = COALESCE(deletion_at, %s) WHERE user_id = %s RETURNING deletion_at
"""
_KEEP: Final = """
    UPDATE auth_accounts SET deletion_at = NULL WHERE user_id = %s AND deletion_at > %s RETURNING user_id
"""
_MOVE: Final = "UPDATE auth_accounts SET deletion_at = %s WHERE user_id = %s"
_DUE: Final = "SELECT user_id FROM auth_accounts WHERE deletion_at <= %s ORDER BY deletion_at LIMIT %s"
_CLAIM: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": "SELECT user_id FROM auth_accounts WHERE user_id = %s AND deletion_at <= %s",
    "postgres": """
        SELECT user_id FROM auth_accounts WHERE user_id = %s AND deletion_at <= %s FOR UPDATE SKIP LOCKED
    """,
}
_SESSIONS: Final = """
    SELECT session_id FROM auth_user_sessions WHERE user_id = %s
    UNION SELECT session_id FROM auth_revoked_sessions WHERE user_id = %s
"""
_ADDRESSES: Final = """
    SELECT email AS address FROM users WHERE user_id = %s
    UNION SELECT email_canonical FROM auth_accounts WHERE user_id = %s
    UNION SELECT old_email FROM auth_email_changes WHERE user_id = %s
    UNION SELECT old_canonical FROM auth_email_changes WHERE user_id = %s
    UNION SELECT new_email FROM auth_email_changes WHERE user_id = %s AND confirmed_at IS NOT NULL
    UNION SELECT new_canonical FROM auth_email_changes WHERE user_id = %s AND confirmed_at IS NOT NULL
"""
_LETTERS: Final = "DELETE FROM auth_outbox WHERE recipient = %s AND kind = 'letter'"
# Those to an address that the user asked for and never showed to have.
_LETTERS_ABOUT: Final = "DELETE FROM auth_outbox WHERE kind = 'letter' AND facts LIKE %s"
# What never arrived anywhere; what still waits is delivered, and then it is gone.
_DEAD: Final = "DELETE FROM auth_outbox WHERE dead_at IS NOT NULL AND facts LIKE %s"
# What no foreign key takes along with the row of users.
_OTHERS: Final = (
    "DELETE FROM auth_proofs WHERE user_id = %s",
    "DELETE FROM auth_refusals WHERE user_id = %s",
    "DELETE FROM auth_unadopted WHERE user_id = %s",
    "DELETE FROM auth_revoked_sessions WHERE user_id = %s",
    "DELETE FROM auth_user_sessions WHERE user_id = %s",
    "DELETE FROM auth_sessions WHERE user_id = %s",
    "DELETE FROM auth_impersonations WHERE actor_id = %s",
)
_NOTE: Final = """
    INSERT INTO auth_erasures (user_id, pseudonym, erased_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
_LATE: Final = """
    SELECT user_id, pseudonym FROM auth_erasures WHERE erased_at <= %s ORDER BY erased_at LIMIT %s
"""
_FORGET: Final = (
    "DELETE FROM auth_erasures WHERE user_id = %s",
    "DELETE FROM auth_revocations WHERE user_id = %s",
)


class ErasureRefusedError(AuthError):
    """Raised when a table of the application refers to a user who is to be erased."""

    code = "erasure_refused"

    def __init__(self, constraint: str) -> None:
        super().__init__(
            f"a table of yours refers to this user ({constraint}): give it ON DELETE CASCADE or SET NULL, "
            "or remove its rows; the account is disabled and signed out, and erasing it is tried each hour"
        )


@dataclass(frozen=True, slots=True)
class Erasure:
    """Who was erased, and what the audit calls them since."""

    user_id: UserId
    pseudonym: UserId


class Deletions(Protocol):
    """Which accounts are to be erased; raises UnavailableError when the store does not answer."""

    def schedule(self, user_id: UserId, *, at: int) -> int | None:
        """Have the user erased at that time; return when that will be: an earlier time stays.

        None where there is no such user.
        """
        ...

    def keep(self, user_id: UserId, *, now: int) -> bool:
        """Take a deletion back that is not due yet; tell whether there was one."""
        ...


class SqlDeletions:
    """In the database, on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def schedule(self, user_id: UserId, *, at: int) -> int | None:
        """See `Deletions.schedule`."""
        row = self._database.query(_SCHEDULE, (at, user_id), fetch="one")
        return None if row is None else int(row["deletion_at"])

    def move(self, user_id: UserId, *, to: int) -> None:
        """Have the user erased at that time, whatever was said before."""
        self._database.query(_MOVE, (to, user_id))

    def keep(self, user_id: UserId, *, now: int) -> bool:
        """See `Deletions.keep`."""
        return self._database.query(_KEEP, (user_id, now), fetch="one") is not None

    def due(self, *, now: int, most: int) -> list[UserId]:
        """Return whose time has come, the oldest first."""
        return [UserId(str(row["user_id"])) for row in self._database.query(_DUE, (now, most), fetch="all")]

    def claim(self, user_id: UserId, *, now: int) -> bool:
        """Hold the user's row until the open transaction ends; False where it is kept or another's by now."""
        values = (user_id, now)
        return self._database.query(_CLAIM[self._database.dialect], values, fetch="one") is not None

    def sessions_of(self, user_id: UserId) -> Sequence[SessionId]:
        """Return all sessions that anything here names, those that are over included."""
        rows = self._database.query(_SESSIONS, (user_id, user_id), fetch="all")
        return [SessionId(str(row["session_id"])) for row in rows]

    def remove_traces(self, user_id: UserId) -> None:
        """Remove what names the user and would stay when its row goes, in the open transaction."""
        found = self._database.query(_ADDRESSES, (user_id,) * 6, fetch="all")
        for recipient in {user_id, *(row["address"] for row in found)}:
            self._database.query(_LETTERS, (recipient,))
        for statement in (_LETTERS_ABOUT, _DEAD):
            self._database.query(statement, (f"%{user_id}%",))
        for statement in _OTHERS:
            self._database.query(statement, (user_id,))

    def note(self, erasure: Erasure, *, now: int) -> None:
        """Remember for `LATE_SECONDS` who was erased."""
        self._database.query(_NOTE, (erasure.user_id, erasure.pseudonym, now))

    def late(self, *, now: int, most: int) -> list[Erasure]:
        """Return those who were erased so long ago that nothing new can come."""
        values = (now - LATE_SECONDS, most)
        return self._database.query(_LATE, values, fetch="all", into=Erasure)

    def forget(self, erasure: Erasure) -> None:
        """Forget that somebody was erased; by now nobody needs to hear that its tokens are revoked."""
        for statement in _FORGET:
            self._database.query(statement, (erasure.user_id,))
