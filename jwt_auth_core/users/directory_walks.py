"""Users by what no index has together, a role and an address or a state: a page looks at so many.

Those of a role that few have are looked up one by one; else accounts are walked by address and asked for the
role. Both are in the order of addresses, so a page goes on wherever the one before ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from jwt_auth_core.database.query import Database
from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.directory import LAST, Listed, State, listed
from jwt_auth_core.vocabulary import Email

LOOKED_AT: Final = 3000
"""How many users a page looks at, at most."""

# A walk ends at an address that is known beforehand. The role is asked for one by one, as long as there is
# room: a plan that knows better reads all who have it.
_WALK: Final = """
    SELECT a.user_id, u.email, u.first_name, u.last_name, a.disabled_at, a.email_canonical AS place
    FROM auth_accounts a JOIN users u ON u.user_id = a.user_id
    WHERE a.email_canonical >= %s AND a.email_canonical <= %s AND a.email_canonical <> %s"""
_IS_ENABLED: Final = " AND a.disabled_at IS NULL"
_IS_DISABLED: Final = " AND a.disabled_at IS NOT NULL"
_HAS_ROLE: Final = """
      AND (SELECT 1 FROM auth_user_roles g WHERE g.user_id = a.user_id AND g.role = %s) = 1"""
_BY_ADDRESS: Final = """
    ORDER BY a.email_canonical LIMIT %s
"""
_ENABLED: Final = _WALK + _IS_ENABLED + _BY_ADDRESS
_END: Final = """
    SELECT email_canonical FROM auth_accounts
    WHERE email_canonical >= %s AND email_canonical < %s AND email_canonical <> %s
    ORDER BY email_canonical LIMIT 1 OFFSET %s
"""
_END_DISABLED: Final = """
    SELECT email_canonical FROM auth_accounts
    WHERE disabled_at IS NOT NULL
      AND email_canonical >= %s AND email_canonical < %s AND email_canonical <> %s
    ORDER BY email_canonical LIMIT 1 OFFSET %s
"""
_COUNT: Final = (
    "SELECT count(*) AS found FROM (SELECT 1 AS one FROM auth_user_roles WHERE role = %s LIMIT %s) AS m"
)
_MEMBERS: Final[Mapping[Dialect, LiteralString]] = {
    # CROSS JOIN: those who have the role first.
    "sqlite": """
        SELECT a.user_id, u.email, u.first_name, u.last_name, a.disabled_at, a.email_canonical AS place
        FROM auth_user_roles g CROSS JOIN auth_accounts a CROSS JOIN users u
        WHERE g.role = %s AND a.user_id = g.user_id AND u.user_id = g.user_id
          AND a.email_canonical >= %s AND a.email_canonical < %s AND a.email_canonical <> %s
          AND (a.disabled_at IS NULL OR %s) AND (a.disabled_at IS NOT NULL OR %s)
        ORDER BY a.email_canonical LIMIT %s
    """,
    # LIMIT 1: what is joined so is looked up, and no table read for it.
    "postgres": """
        SELECT a.user_id, u.email, u.first_name, u.last_name, a.disabled_at, a.email_canonical AS place
        FROM auth_user_roles g
        CROSS JOIN LATERAL (SELECT * FROM auth_accounts WHERE user_id = g.user_id LIMIT 1) a
        JOIN users u ON u.user_id = a.user_id
        WHERE g.role = %s
          AND a.email_canonical >= %s AND a.email_canonical < %s AND a.email_canonical <> %s
          AND (a.disabled_at IS NULL OR %s) AND (a.disabled_at IS NOT NULL OR %s)
        ORDER BY a.email_canonical LIMIT %s
    """,
}
_WALKS: Final[Mapping[State | None, LiteralString]] = {
    None: _WALK + _HAS_ROLE + _BY_ADDRESS,
    "enabled": _WALK + _IS_ENABLED + _HAS_ROLE + _BY_ADDRESS,
    "disabled": _WALK + _IS_DISABLED + _HAS_ROLE + _BY_ADDRESS,
}


@dataclass(frozen=True, slots=True)
class Walked:
    """Some users by address, and behind which place to go on; None where there are no more.

    They may be fewer than were asked for, or none, and there are more all the same.
    """

    users: Sequence[Listed]
    after: str | None


class SqlWalks:
    """Looks through the accounts of a database whose schema is there (``jwt-auth migrate``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enabled(self, prefix: Email, *, after: str, limit: int) -> Walked:
        """Return users who are not disabled and whose e-mail identity begins so, behind *after*."""
        return self._walked(_ENABLED, _END, (), _range(prefix, after), limit)

    def of_role(
        self, role: str, prefix: Email, *, after: str, limit: int, state: State | None = None
    ) -> Walked:
        """Return users who were granted a role and whose e-mail identity begins so, behind *after*."""
        begin = _range(prefix, after)
        counted = self._database.query(_COUNT, (role, LOOKED_AT + 1), fetch="one")
        if counted is not None and counted["found"] <= LOOKED_AT:
            chosen = (state != "enabled", state != "disabled")
            found = self._rows(_MEMBERS[self._database.dialect], (role, *begin, *chosen, limit + 1))
            return Walked(found[:limit], found[limit - 1].place if len(found) > limit else None)
        end = _END_DISABLED if state == "disabled" else _END
        return self._walked(_WALKS[state], end, (role,), begin, limit)

    def _walked(
        self,
        walk: LiteralString,
        end: LiteralString,
        asked: tuple[str, ...],
        begin: tuple[str, str, str],
        limit: int,
    ) -> Walked:
        row = self._database.query(end, (*begin, LOOKED_AT - 1), fetch="one")
        last = None if row is None else str(row["email_canonical"])
        start, beyond, after = begin
        found = self._rows(walk, (start, last or beyond, after, *asked, limit + 1))
        if len(found) > limit:
            return Walked(found[:limit], found[limit - 1].place)
        return Walked(found, last)

    def _rows(self, statement: LiteralString, values: Sequence[object]) -> Sequence[Listed]:
        return [listed(row) for row in self._database.query(statement, values, fetch="all")]


def _range(prefix: Email, after: str) -> tuple[str, str, str]:
    # One beginning, as in the directory.
    return max(prefix, after), prefix + LAST, after
