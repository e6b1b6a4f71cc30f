"""What would stay on a connection that others share: refused where the text shows it."""

from __future__ import annotations

import pytest

from jwt_auth_core.database.statement import scan
from jwt_auth_core.errors import UnsafeQueryError

REFUSED = {
    "SELECT set_config('search_path', 'pg_catalog', false)": "set_config would change a setting",
    "select pg_catalog.set_config('a.b', (f(1, true)), f(x, true))": "set_config",
    "SELECT set_config('a.b', %s, %s)": "write true as its third argument",
    "SELECT \"set_config\" ('a.b', 'c', 'off'), true": "set_config",
    "UPDATE pg_settings SET setting = 'x' WHERE name = 'search_path'": "UPDATE pg_settings would",
    "update only pg_catalog.pg_settings SET setting = 'x'": "UPDATE pg_settings would",
    "WITH a AS (SELECT 1) UPDATE pg_settings SET setting = 'x'": "UPDATE pg_settings would",
    "SELECT pg_advisory_lock(7)": "pg_advisory_lock would leave a lock .* use pg_advisory_xact_lock in",
    "SELECT pg_advisory_lock_shared(7)": "use pg_advisory_xact_lock_shared in",
    "SELECT 1 WHERE pg_try_advisory_lock (7, 8)": "use pg_try_advisory_xact_lock in",
    "CREATE TEMP TABLE t (a TEXT)": "a temporary object would stay",
    "CREATE LOCAL TEMPORARY TABLE t (a TEXT) ON COMMIT DELETE ROWS": "with ON COMMIT DROP does not",
    "CREATE OR REPLACE TEMP VIEW v AS SELECT 1": "a temporary object",
    "CREATE TABLE pg_temp.t (a TEXT)": "a temporary object",
    "SELECT a INTO TEMP TABLE t FROM u": "a temporary object",
    "SELECT a INTO TEMPORARY t FROM u": "a temporary object",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1": "a cursor WITH HOLD",
}
PASS = [
    "SELECT set_config('a.b', %s, true)",
    "SELECT pg_catalog.set_config('a.b', f('x', ARRAY[1, 2]), TRUE)",
    "SELECT set_config, \"pg_advisory_lock\", 'pg_advisory_lock(1)' FROM t",
    "SELECT current_setting('search_path')",
    "SELECT * FROM pg_settings FOR UPDATE",
    "UPDATE t SET pg_settings = 1",
    "UPDATE t SET a = (SELECT setting FROM pg_settings LIMIT 1)",
    "SELECT pg_advisory_xact_lock(7), pg_try_advisory_xact_lock(8), pg_advisory_unlock(9)",
    "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1",
    "CREATE TABLE t (temp TEXT, temporary TEXT)",
    "CREATE INDEX temp ON t (a)",
    "CREATE TABLE temp (a TEXT)",
    "INSERT INTO temp VALUES (1)",
    "INSERT INTO temp SELECT 1",
    "SELECT a INTO temp FROM t",
    "SELECT temp FROM t",
    "DECLARE c CURSOR FOR SELECT hold FROM t",
    "VALUES (1)",
]


@pytest.mark.parametrize(("sql", "why"), REFUSED.items(), ids=REFUSED)
def test_what_would_last_is_refused(sql, why):
    """The sentence says what would stay, and what to write instead."""
    with pytest.raises(UnsafeQueryError, match=why):
        scan(sql, "postgres")


@pytest.mark.parametrize("sql", PASS)
def test_what_only_looks_like_it_passes(sql):
    """Columns, tables and texts may have such names, and a transaction may have its own."""
    assert scan(sql, "postgres").text == sql


def test_a_temporary_table_of_sqlite_is_refused_too():
    """It would be there for one of the connections, and for whoever has that next."""
    with pytest.raises(UnsafeQueryError, match="a temporary object"):
        scan("CREATE TEMP TABLE t (a TEXT)", "sqlite")


@pytest.mark.parametrize(
    "sql", ["", "SELECT", "CREATE", "SELECT set_config(", "SELECT set_config('a')", "INTO TEMP"]
)
def test_half_a_statement_is_no_crash(sql):
    """The database says what is wrong with it, or the scan does."""
    try:
        scan(sql, "postgres")
    except UnsafeQueryError as error:
        assert "set_config" in str(error) or not sql
