"""The sessions of all users, page by page, the newest first; each page is one range of an index.

What is read is the index of sessions (``session_index.py``), which says that a session was opened, not that
it lives. The time of an opening and the session's id are a place in the order; nothing moves there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.row import Row
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import SessionId, UserId

Place = tuple[int, str]
"""When a session was opened, and its id: pages go on behind it, with those that were opened before."""

LATEST: Final = 2**62
"""Behind every time."""

_OPENED: Final = """
    SELECT s.session_id, s.user_id, s.opened_at, u.email, u.first_name, u.last_name
    FROM auth_user_sessions s JOIN users u ON u.user_id = s.user_id
    WHERE (s.opened_at, s.session_id) < (%s, %s) AND s.opened_at >= %s AND s.ends_at > %s"""
_OF_USER: Final = " AND s.user_id = %s"
_OF_ADDRESS: Final = " AND s.address = %s"
_NEWEST_FIRST: Final = """
    ORDER BY s.opened_at DESC, s.session_id DESC LIMIT %s
"""
STATEMENTS: Final[Mapping[tuple[bool, bool], LiteralString]] = {
    (False, False): _OPENED + _NEWEST_FIRST,
    (False, True): _OPENED + _OF_ADDRESS + _NEWEST_FIRST,
    (True, False): _OPENED + _OF_USER + _NEWEST_FIRST,
    (True, True): _OPENED + _OF_USER + _OF_ADDRESS + _NEWEST_FIRST,
}
"""By whether a user and whether an address is asked for."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened, and whose it is; the time is in seconds since the epoch."""

    session_id: SessionId
    user_id: UserId
    opened_at: int
    email: str
    first_name: str
    last_name: str

    @property
    def place(self) -> Place:
        """Where it stands in the order."""
        return self.opened_at, self.session_id


class SqlSessionDirectory:
    """The index in a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(  # noqa: PLR0913 - what can be asked for
        self, *, before: Place, since: int, user_id: str | None, address: str | None, now: int, most: int
    ) -> Sequence[Opened]:
        """Return sessions that may be alive, the newest first: behind a place, opened at a time or later.

        Raises:
            UnavailableError: the database does not answer.
        """
        chosen = tuple(one for one in (user_id, address) if one is not None)
        statement = STATEMENTS[user_id is not None, address is not None]
        rows = self._database.query(statement, (*before, since, now, *chosen, most), fetch="all")
        return [_opened(row) for row in rows]


def _opened(row: Row) -> Opened:
    return Opened(
        SessionId(row["session_id"]),
        UserId(str(row["user_id"])),
        row["opened_at"],
        *(row[name] or "" for name in ("email", "first_name", "last_name")),  # an older table may allow NULL
    )
