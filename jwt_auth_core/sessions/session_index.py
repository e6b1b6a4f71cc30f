"""The session_index: which sessions a user has opened. It lives in the database, whatever holds the sessions.

So a user's sessions can be listed, counted and ended even when Redis was lost. A row says that a
session was opened, not that it lives: the session store knows that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.sessions.session import parse_session_id
from jwt_auth_core.vocabulary import SessionId, UserId

PURGED_AT_ONCE: Final = 64
"""How many rows past their end one new row removes; the table stays bounded by the living."""

_ADD: Final = """
    INSERT INTO auth_user_sessions (session_id, user_id, opened_at, ends_at, address)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (session_id) DO NOTHING
"""
# Those of one second in the order of their rows, which are never updated: SQLite numbers them upwards (VACUUM
# keeps the order), and in PostgreSQL each was written by a transaction of its own.
_OF_USER: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        SELECT session_id FROM auth_user_sessions WHERE user_id = %s AND ends_at > %s
        ORDER BY opened_at, rowid
    """,
    "postgres": """
        SELECT session_id FROM auth_user_sessions WHERE user_id = %s AND ends_at > %s
        ORDER BY opened_at, age(xmin) DESC, session_id
    """,
}
_OWNER: Final = "SELECT user_id FROM auth_user_sessions WHERE session_id = %s"
_REMOVE: Final = "DELETE FROM auth_user_sessions WHERE session_id = %s"
_FORGET: Final = "DELETE FROM auth_user_sessions WHERE session_id = %s AND opened_at < %s"
_PURGE: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        DELETE FROM auth_user_sessions WHERE session_id IN
        (SELECT session_id FROM auth_user_sessions WHERE ends_at <= %s ORDER BY ends_at LIMIT %s)
    """,
    # Two that purge at once take different rows, and never wait for each other.
    "postgres": """
        DELETE FROM auth_user_sessions WHERE session_id IN
        (SELECT session_id FROM auth_user_sessions WHERE ends_at <= %s ORDER BY ends_at LIMIT %s
         FOR UPDATE SKIP LOCKED)
    """,
}
# Both in one trip, where a statement can: SQLite's cannot, and costs no trip.
_PURGE_AND_ADD: Final[LiteralString] = f"WITH purged AS ({_PURGE['postgres']}) {_ADD}"


class SessionIndex:
    """The table ``auth_user_sessions``. Times are seconds since the epoch.

    Every method raises StoreUnavailableError when the database does not answer.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, session_id: SessionId, *, user_id: UserId, now: int, ends_at: int, address: str | None = None
    ) -> None:
        """Enter a session that is about to be opened, from an address; may be repeated."""
        values, purged = (parse_session_id(session_id), user_id, now, ends_at, address), (now, PURGED_AT_ONCE)
        if self._database.dialect == "postgres":
            # One trip, and no wait for the disk: before anybody has a token, what a login keeps at its end
            # keeps this too.
            self._database.ahead(_PURGE_AND_ADD, (*purged, *values))
            return
        with self._database.joined():
            self._database.query(_PURGE["sqlite"], purged)
            self._database.query(_ADD, values)

    def of_user(self, user_id: UserId, *, now: int) -> Sequence[SessionId]:
        """Return the user's sessions that were not removed, the oldest first, also of one second."""
        rows = self._database.planned(_OF_USER[self._database.dialect], (user_id, now)).rows
        return [SessionId(str(row[0])) for row in rows]

    def owner(self, session_id: SessionId) -> UserId | None:
        """Return whose session it is; None where it was struck, or there was none."""
        row = self._database.query(_OWNER, (parse_session_id(session_id),), fetch="one")
        return None if row is None else UserId(str(row["user_id"]))

    def remove(self, session_id: SessionId) -> None:
        """Strike a session that is over; one that is not there is struck already."""
        self._database.query(_REMOVE, (parse_session_id(session_id),))

    def forget(self, session_id: SessionId, *, opened_before: int) -> None:
        """Strike a session that its store does not know, if it was opened before that time."""
        self._database.query(_FORGET, (parse_session_id(session_id), opened_before))
