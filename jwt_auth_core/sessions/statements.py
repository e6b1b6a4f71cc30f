"""The statements of ``sql.py``, once for each database; constants, all values are parameters.

Time is a parameter or, where that is NULL, the database server's. Lists go in as one JSON text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, LiteralString

from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """``lock`` reads sessions for a change, ``write`` and ``forget`` change them; all by JSON lists.

    Both locks tell the time as ``at``, in microseconds: they take it as a parameter, too.

    ``read`` does the same without a lock, and ``swap`` writes what nobody has changed since: what is free,
    whose ids it returns. On SQLite `sqlite_swap` does.

    ``lock_free`` leaves out what somebody else has locked; ``present`` tells which sessions there are.

    ``purge`` looks at some sessions behind an id, and removes those of them that are over.
    """

    open: LiteralString
    find: LiteralString
    find_all: LiteralString
    read: LiteralString
    swap: LiteralString = ""
    lock: LiteralString
    lock_free: LiteralString
    present: LiteralString
    write: LiteralString
    forget: LiteralString
    end: LiteralString
    purge: LiteralString


CHANGEABLE: Final = (
    "current_digest, generation, previous_digest, confirmed_at, used_at, last_used_at, "
    "ended_reason, ended_at, counts"
)
"""The columns that a rotation may change, in the order of the statements that compare them."""
READ: Final = (
    "session_id, "
    + CHANGEABLE
    + ", user_id, methods, address, user_agent, created_at, authenticated_at, ends_at, session_version"
)
"""The columns that are read for a change; the time stands behind them."""

# On SQLite the time of a change is our own, as that of limits is: its functions know no microseconds.
_SQLITE_READ: Final = (
    "SELECT "  # noqa: S608 - of constants
    + READ
    + """, %s AS at
    FROM auth_sessions WHERE session_id IN (SELECT value FROM json_each(%s))"""
)

# By functions: SQLite has operators for that since 3.38 only, and Pythons have older ones.
_SQLITE_UPDATE: Final = """
        UPDATE auth_sessions SET
            current_digest = json_extract(n.value, '$.current_digest'),
            generation = json_extract(n.value, '$.generation'),
            previous_digest = json_extract(n.value, '$.previous_digest'),
            confirmed_at = json_extract(n.value, '$.confirmed_at'),
            used_at = json_extract(n.value, '$.used_at'),
            last_used_at = json_extract(n.value, '$.last_used_at'),
            ended_reason = json_extract(n.value, '$.ended_reason'),
            ended_at = json_extract(n.value, '$.ended_at'),
            counts = json_extract(n.value, '$.counts')"""

_WAS: Final = """s.current_digest IS n.was_1 AND s.generation IS n.was_2 AND s.previous_digest IS n.was_3
            AND s.confirmed_at IS n.was_4 AND s.used_at IS n.was_5 AND s.last_used_at IS n.was_6
            AND s.ended_reason IS n.was_7 AND s.ended_at IS n.was_8 AND s.counts IS n.was_9"""
_SWAPPED: Final = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
SWAPPED_VALUES: Final = 19
"""Of one session: its id, what it shall have, and what it must have, both in the order of `CHANGEABLE`."""
SWAPPED_AT_ONCE: Final = 128


@cache
def sqlite_swap(size: int) -> LiteralString:
    """Return what writes up to ``size`` sessions of SQLite, all of them or none, which the count tells.

    Rows are filled up with NULLs; their number is the last value. By values, not by one JSON text: the file
    is locked for a quarter less. No rows come back: for each the interpreter would be waited for.
    """
    each: list[LiteralString] = [_SWAPPED] * size
    rows = ", ".join(each)
    return (
        """
        WITH n (session_id, current_digest, generation, previous_digest, confirmed_at, used_at, last_used_at,
            ended_reason, ended_at, counts, was_1, was_2, was_3, was_4, was_5, was_6, was_7, was_8, was_9)
        AS MATERIALIZED (VALUES """  # noqa: S608 - of constants
        + rows
        + """)
        UPDATE auth_sessions SET
            current_digest = n.current_digest, generation = n.generation,
            previous_digest = n.previous_digest, confirmed_at = n.confirmed_at, used_at = n.used_at,
            last_used_at = n.last_used_at, ended_reason = n.ended_reason, ended_at = n.ended_at,
            counts = n.counts
        FROM n WHERE auth_sessions.session_id = n.session_id AND %s = (
            SELECT count(*) FROM n JOIN auth_sessions AS s ON s.session_id = n.session_id
            WHERE """
        + _WAS
        + ")"
    )


_SQLITE: Final = Statements(
    open="""
        INSERT INTO auth_sessions (session_id, user_id, current_digest, methods, address, user_agent,
            generation, confirmed_at, created_at, authenticated_at, last_used_at, ends_at, session_version)
        SELECT %s, %s, %s, %s, %s, %s, 0, t.now, t.now, COALESCE(%s, t.now),
            t.now, t.now + %s, %s
        FROM (SELECT COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) AS now) AS t
        WHERE true
        ON CONFLICT (session_id) DO NOTHING RETURNING *""",
    find="""
        SELECT *, COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) AS now
        FROM auth_sessions WHERE session_id = %s""",
    find_all="""
        SELECT *, COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) AS now
        FROM auth_sessions WHERE session_id IN (SELECT value FROM json_each(%s))""",
    read=_SQLITE_READ,
    lock=_SQLITE_READ,
    lock_free=_SQLITE_READ,  # there is one writer, and nothing is locked by row
    present="SELECT session_id FROM auth_sessions WHERE session_id IN (SELECT value FROM json_each(%s))",
    write=_SQLITE_UPDATE
    + """
        FROM json_each(%s) AS n
        WHERE auth_sessions.session_id = json_extract(n.value, '$.session_id')""",
    forget="DELETE FROM auth_sessions WHERE session_id IN (SELECT value FROM json_each(%s))",
    end="""
        UPDATE auth_sessions
        SET ended_reason = %s, ended_at = COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER))
        WHERE session_id = %s AND ended_reason IS NULL""",
    purge="""
        DELETE FROM auth_sessions WHERE session_id IN (
            SELECT session_id FROM auth_sessions WHERE session_id > %s ORDER BY session_id LIMIT %s)
        AND (ends_at <= COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER))
            OR ended_reason IS NULL
            AND last_used_at <= COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) - %s)""",
)

_POSTGRES_READ: Final = (
    "SELECT "  # noqa: S608 - of constants
    + READ
    + """, COALESCE(%s, floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint) AS at
        FROM auth_sessions
        WHERE session_id = ANY(ARRAY(SELECT json_array_elements_text(%s::json)))"""
)
_POSTGRES_UPDATE: Final = """
        UPDATE auth_sessions AS s SET
            current_digest = n.current_digest, generation = n.generation,
            previous_digest = n.previous_digest, confirmed_at = n.confirmed_at, used_at = n.used_at,
            last_used_at = n.last_used_at, ended_reason = n.ended_reason, ended_at = n.ended_at,
            counts = n.counts"""

_POSTGRES: Final = Statements(
    open="""
        INSERT INTO auth_sessions (session_id, user_id, current_digest, methods, address, user_agent,
            generation, confirmed_at, created_at, authenticated_at, last_used_at, ends_at, session_version)
        SELECT %s, %s, %s, %s, %s, %s, 0, t.now, t.now, COALESCE(%s, t.now),
            t.now, t.now + %s, %s::bigint
        FROM (SELECT COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) AS now) AS t
        ON CONFLICT (session_id) DO NOTHING RETURNING *""",
    find="""
        SELECT *, COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) AS now
        FROM auth_sessions WHERE session_id = %s""",
    find_all="""
        SELECT *, COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) AS now
        FROM auth_sessions WHERE session_id = ANY(ARRAY(SELECT json_array_elements_text(%s::json)))""",
    # Always in the order of the ids, so that two batches wait for each other and never cross.
    lock=_POSTGRES_READ
    + """
        ORDER BY session_id FOR UPDATE""",
    lock_free=_POSTGRES_READ
    + """
        ORDER BY session_id FOR UPDATE SKIP LOCKED""",
    read=_POSTGRES_READ,
    # What is locked, or was changed meanwhile, is left out; looked at again once it is ours.
    swap="""
        WITH n AS MATERIALIZED (
            SELECT * FROM json_to_recordset(%s::json) AS n(session_id text, was jsonb, current_digest text,
                generation bigint, previous_digest text, confirmed_at bigint, used_at bigint,
                last_used_at bigint, ended_reason text, ended_at bigint, counts text)
        ), free AS MATERIALIZED (
            SELECT s.session_id FROM auth_sessions AS s JOIN n ON n.session_id = s.session_id
            WHERE n.was = jsonb_build_array(s.current_digest, s.generation, s.previous_digest,
                s.confirmed_at, s.used_at, s.last_used_at, s.ended_reason, s.ended_at, s.counts)
            FOR UPDATE OF s SKIP LOCKED
        )"""  # noqa: S608 - of constants
    + _POSTGRES_UPDATE
    + """
        FROM n JOIN free ON free.session_id = n.session_id
        WHERE s.session_id = n.session_id
        RETURNING s.session_id""",
    present="""
        SELECT session_id FROM auth_sessions
        WHERE session_id = ANY(ARRAY(SELECT json_array_elements_text(%s::json)))""",
    write=_POSTGRES_UPDATE
    + """
        FROM json_to_recordset(%s::json) AS n(session_id text, current_digest text, generation bigint,
            previous_digest text, confirmed_at bigint, used_at bigint, last_used_at bigint,
            ended_reason text, ended_at bigint, counts text)
        WHERE s.session_id = n.session_id""",
    forget="""
        DELETE FROM auth_sessions
        WHERE session_id = ANY(ARRAY(SELECT json_array_elements_text(%s::json)))""",
    end="""
        UPDATE auth_sessions
        SET ended_reason = %s,
            ended_at = COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint)
        WHERE session_id = %s AND ended_reason IS NULL""",
    # Who else has a row locked is using it: it is left for another time, and nobody waits.
    purge="""
        DELETE FROM auth_sessions WHERE session_id IN (
            SELECT session_id FROM auth_sessions WHERE session_id IN (
                SELECT session_id FROM auth_sessions WHERE session_id > %s ORDER BY session_id LIMIT %s)
            AND (ends_at <= COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint)
                OR ended_reason IS NULL
                AND last_used_at <= COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) - %s)
            FOR UPDATE SKIP LOCKED)""",
)

STATEMENTS: Final[Mapping[Dialect, Statements]] = {"sqlite": _SQLITE, "postgres": _POSTGRES}
