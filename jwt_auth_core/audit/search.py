"""The statements that search the trail: constants, one for each choice of what is asked, all values bound.

A NULL that stands for "any" would keep an index from being used where a statement is planned once for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, LiteralString

from jwt_auth_core.records import dataclass

_DOWN: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND id < %s AND at >= %s AND at < %s AND outcome <> %s
    ORDER BY id DESC LIMIT %s
"""
_DOWN_USER: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND id < %s AND at >= %s AND at < %s AND outcome <> %s
        AND user_id = %s ORDER BY id DESC LIMIT %s
"""
_DOWN_NAME: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND id < %s AND at >= %s AND at < %s AND outcome <> %s
        AND name = %s ORDER BY id DESC LIMIT %s
"""
_DOWN_BOTH: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND id < %s AND at >= %s AND at < %s AND outcome <> %s
        AND user_id = %s AND name = %s ORDER BY id DESC LIMIT %s
"""
_UP: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND id < %s AND at >= %s AND at < %s AND outcome <> %s
    ORDER BY id LIMIT %s
"""
_UP_USER: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND id < %s AND at >= %s AND at < %s AND outcome <> %s
        AND user_id = %s ORDER BY id LIMIT %s
"""
_UP_NAME: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND id < %s AND at >= %s AND at < %s AND outcome <> %s
        AND name = %s ORDER BY id LIMIT %s
"""
_UP_BOTH: Final = """
    SELECT id, event_id, at, name, outcome, user_id, session, address, user_agent, reason, facts, key_id, mac
    FROM auth_audit WHERE id > %s AND id < %s AND at >= %s AND at < %s AND outcome <> %s
        AND user_id = %s AND name = %s ORDER BY id LIMIT %s
"""
DOWN: Final[Mapping[tuple[bool, bool], LiteralString]] = {
    (False, False): _DOWN,
    (True, False): _DOWN_USER,
    (False, True): _DOWN_NAME,
    (True, True): _DOWN_BOTH,
}
"""The newest first, by whether a user and whether an event is asked for."""

UP: Final[Mapping[tuple[bool, bool], LiteralString]] = {
    (False, False): _UP,
    (True, False): _UP_USER,
    (False, True): _UP_NAME,
    (True, True): _UP_BOTH,
}
"""The oldest first, by the same."""

FIRST_SINCE: Final = "SELECT id FROM auth_audit WHERE at >= %s ORDER BY at, id LIMIT 1"

OTHER: Final[Mapping[str | None, str]] = {None: "", "success": "failure", "failure": "success"}
"""Which outcome is not wanted: so a row whose outcome somebody edited is among those of any."""

LOOK_BACK: Final = 1000
"""How many ids before the first row of a time one may stand that is of the same time or later.

And how many behind it one may stand that is of before.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are wanted: of a user, of an event, since a time and until another, in seconds; None is any.

    What happened at ``until`` is not among them. ``outcome`` is ``success`` or ``failure``.
    """

    user_id: str | None = None
    name: str | None = None
    since: int | None = None
    until: int | None = None
    outcome: str | None = None

    @property
    def choice(self) -> tuple[bool, bool]:
        """Which of the statements asks for them."""
        return self.user_id is not None, self.name is not None

    @property
    def values(self) -> tuple[object, ...]:
        """What is bound of them besides the time."""
        return tuple(value for value in (self.user_id, self.name) if value is not None)
