"""The statements of ``sql.py``, once for each database; constants, all values are parameters.

Time is a parameter or, where that is NULL, the database server's. Lists go in as one JSON text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, LiteralString

from jwt_auth_core.database.statement import Dialect
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """``add`` keeps a message, ``claim`` leases what is due, the rest say how an attempt ended."""

    add: LiteralString
    due_in: LiteralString
    claim: LiteralString
    release: LiteralString
    line_up: LiteralString
    postpone: LiteralString
    bury: LiteralString
    forget: LiteralString


_SQLITE: Final = Statements(
    add="""
        INSERT INTO auth_outbox (id, kind, recipient, facts, created_at, due_at, attempts)
        SELECT %s, %s, %s, %s, t.now, t.now, 0
        FROM (SELECT COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) AS now) AS t""",
    due_in="""
        SELECT due_at - COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) AS seconds FROM auth_outbox
        WHERE dead_at IS NULL AND kind = %s ORDER BY due_at LIMIT 1""",
    claim="""
        UPDATE auth_outbox SET lease_owner = %s, attempts = attempts + 1,
            due_at = COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) + %s
        WHERE id IN (
            SELECT id FROM auth_outbox
            WHERE dead_at IS NULL AND kind = %s
            AND due_at <= COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER))
            ORDER BY due_at, id LIMIT %s)
        RETURNING id, kind, recipient, facts, created_at, attempts""",
    release="""
        UPDATE auth_outbox SET lease_owner = NULL, attempts = attempts - 1, due_at = created_at
        WHERE id IN (SELECT value FROM json_each(%s)) AND lease_owner = %s""",
    line_up="""
        UPDATE auth_outbox SET lease_owner = NULL, attempts = attempts - 1, error = %s,
            due_at = COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) + %s
        WHERE id = %s AND lease_owner = %s""",
    postpone="""
        UPDATE auth_outbox SET lease_owner = NULL, error = %s,
            due_at = COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) + %s
        WHERE id = %s AND lease_owner = %s""",
    bury="""
        UPDATE auth_outbox SET lease_owner = NULL, error = %s,
            dead_at = COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER))
        WHERE id = %s AND lease_owner = %s""",
    forget="""
        DELETE FROM auth_outbox WHERE id IN (
            SELECT id FROM auth_outbox
            WHERE created_at <= COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) - %s
            ORDER BY created_at LIMIT %s)""",
)

_POSTGRES: Final = Statements(
    add="""
        INSERT INTO auth_outbox (id, kind, recipient, facts, created_at, due_at, attempts)
        SELECT %s, %s, %s, %s, t.now, t.now, 0
        FROM (SELECT COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) AS now) AS t""",
    due_in="""
        SELECT due_at - COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) AS seconds
        FROM auth_outbox WHERE dead_at IS NULL AND kind = %s ORDER BY due_at LIMIT 1""",
    # What another worker is taking at this moment is left to it, and nobody waits.
    claim="""
        UPDATE auth_outbox SET lease_owner = %s, attempts = attempts + 1,
            due_at = COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) + %s
        WHERE id = ANY(ARRAY(
            SELECT id FROM auth_outbox
            WHERE dead_at IS NULL AND kind = %s
            AND due_at <= COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint)
            ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED))
        RETURNING id, kind, recipient, facts, created_at, attempts""",
    release="""
        UPDATE auth_outbox SET lease_owner = NULL, attempts = attempts - 1, due_at = created_at
        WHERE id = ANY(ARRAY(SELECT json_array_elements_text(%s::json))) AND lease_owner = %s""",
    line_up="""
        UPDATE auth_outbox SET lease_owner = NULL, attempts = attempts - 1, error = %s,
            due_at = COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) + %s
        WHERE id = %s AND lease_owner = %s""",
    postpone="""
        UPDATE auth_outbox SET lease_owner = NULL, error = %s,
            due_at = COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) + %s
        WHERE id = %s AND lease_owner = %s""",
    bury="""
        UPDATE auth_outbox SET lease_owner = NULL, error = %s,
            dead_at = COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint)
        WHERE id = %s AND lease_owner = %s""",
    forget="""
        DELETE FROM auth_outbox WHERE id = ANY(ARRAY(
            SELECT id FROM auth_outbox
            WHERE created_at <= COALESCE(%s, floor(extract(epoch FROM clock_timestamp()))::bigint) - %s
            ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED))""",
)

STATEMENTS: Final[Mapping[Dialect, Statements]] = {"sqlite": _SQLITE, "postgres": _POSTGRES}
