"""The statements of ``sql.py``, once for each database; constants, all values are parameters.

Times are microseconds. Lists go in as one JSON text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, LiteralString

from jwt_auth_core.database.statement import Dialect

# On SQLite time is our own: its processes are of one machine, and its functions know no microseconds.
READ: Final = """
    SELECT bucket, full_at, strikes FROM auth_rate_limits WHERE bucket IN (SELECT value FROM json_each(%s))
"""
WRITE: Final = """
    INSERT INTO auth_rate_limits (bucket, full_at, strikes, over_minute)
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
           json_extract(value, '$[3]') FROM json_each(%s) WHERE true
    ON CONFLICT (bucket) DO UPDATE
    SET full_at = excluded.full_at, strikes = excluded.strikes, over_minute = excluded.over_minute
"""
# In one statement: what was read is written where nobody was quicker.
WRITE_IF_UNCHANGED: Final = """
    INSERT INTO auth_rate_limits (bucket, full_at, strikes, over_minute)
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
           json_extract(value, '$[3]') FROM json_each(%s)
    WHERE NOT EXISTS (
        SELECT 1 FROM json_each(%s) AS seen
        LEFT JOIN auth_rate_limits AS kept ON kept.bucket = json_extract(seen.value, '$[0]')
        WHERE COALESCE(kept.full_at, 0) <> json_extract(seen.value, '$[1]')
           OR COALESCE(kept.strikes, 0) <> json_extract(seen.value, '$[2]'))
    ON CONFLICT (bucket) DO UPDATE
    SET full_at = excluded.full_at, strikes = excluded.strikes, over_minute = excluded.over_minute
"""
# PostgreSQL is a trip away: a function of our schema (migration 0035) judges there, in one statement.
TAKE: Final = "SELECT auth_take_limits(string_to_array(%s, ' '), %s::bigint[], %s)"
# What changes together: these and give_back() of gcra.py.
GIVE_BACK: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        UPDATE auth_rate_limits AS kept
        SET full_at = new.full_at, strikes = new.strikes,
            over_minute = (new.full_at + (new.strikes > 0) * 86400000000) / 60000000 + 1
        FROM (
            SELECT held.bucket,
                CASE WHEN held.full_at = full_after AND held.strikes = strikes_after THEN full_before
                     WHEN held.strikes > 0 OR strikes_after > 0 THEN held.full_at
                     ELSE held.full_at - max(0, min(amount, full_after - at)) END AS full_at,
                CASE WHEN held.full_at = full_after AND held.strikes = strikes_after THEN strikes_before
                     ELSE held.strikes END AS strikes
            FROM (SELECT json_extract(value, '$[0]') AS bucket, json_extract(value, '$[5]') AS amount,
                json_extract(value, '$[1]') AS full_before, json_extract(value, '$[2]') AS strikes_before,
                json_extract(value, '$[3]') AS full_after, json_extract(value, '$[4]') AS strikes_after,
                %s AS at FROM json_each(%s)) AS taken
            JOIN auth_rate_limits AS held ON held.bucket = taken.bucket) AS new
        WHERE kept.bucket = new.bucket
    """,
    "postgres": """
        WITH taken AS (
            SELECT one->>0 AS bucket, (one->>1)::bigint AS full_before, (one->>2)::integer AS strikes_before,
                   (one->>3)::bigint AS full_after, (one->>4)::integer AS strikes_after,
                   (one->>5)::bigint AS amount,
                   COALESCE(%s, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint) AS at
            FROM json_array_elements(%s::json) AS one
        ), held AS MATERIALIZED (
            SELECT bucket, full_at, strikes FROM auth_rate_limits
            WHERE bucket IN (SELECT bucket FROM taken) ORDER BY bucket FOR UPDATE
        ), new AS (
            SELECT held.bucket,
                CASE WHEN held.full_at = full_after AND held.strikes = strikes_after THEN full_before
                     WHEN held.strikes > 0 OR strikes_after > 0 THEN held.full_at
                     ELSE held.full_at - GREATEST(0, LEAST(amount, full_after - at)) END AS full_at,
                CASE WHEN held.full_at = full_after AND held.strikes = strikes_after THEN strikes_before
                     ELSE held.strikes END AS strikes
            FROM taken JOIN held ON held.bucket = taken.bucket
        )
        UPDATE auth_rate_limits AS kept
        SET full_at = new.full_at, strikes = new.strikes,
            over_minute = (new.full_at + CASE WHEN new.strikes > 0 THEN 86400000000 ELSE 0 END) / 60000000 + 1
        FROM new WHERE kept.bucket = new.bucket
    """,
}
DELETE: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": "DELETE FROM auth_rate_limits WHERE bucket IN (SELECT value FROM json_each(%s))",
    "postgres": """
        DELETE FROM auth_rate_limits WHERE bucket IN (SELECT bucket FROM auth_rate_limits
            WHERE bucket IN (SELECT json_array_elements_text(%s::json)) ORDER BY bucket FOR UPDATE)
    """,
}
FORGET: Final[Mapping[Dialect, LiteralString]] = {
    "sqlite": """
        DELETE FROM auth_rate_limits WHERE bucket IN (SELECT bucket FROM auth_rate_limits
            WHERE over_minute <= COALESCE(%s, CAST(strftime('%%s', 'now') AS INTEGER)) / 60 LIMIT %s)
    """,
    "postgres": """
        DELETE FROM auth_rate_limits WHERE bucket IN (SELECT bucket FROM auth_rate_limits
            WHERE over_minute <= COALESCE(%s, EXTRACT(EPOCH FROM clock_timestamp())::bigint) / 60
            ORDER BY bucket LIMIT %s FOR UPDATE SKIP LOCKED)
    """,
}
