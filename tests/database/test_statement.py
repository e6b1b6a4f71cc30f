"""The scan of an SQL text: what is one statement, and what its placeholders are."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.database.statement import Statement, scan, split
from jwt_auth_core.errors import AuthError, UnsafeQueryError

DIALECTS = ["sqlite", "postgres"]


@pytest.mark.parametrize(
    ("sql", "sqlite", "postgres"),
    [
        ("SELECT %s", "SELECT ?", "SELECT %s"),
        ("SELECT 5 %% 3", "SELECT 5 % 3", "SELECT 5 %% 3"),
        ("SELECT '%%'", "SELECT '%'", "SELECT '%%'"),
        ("SELECT 'it''s', \"a\"\"b\"", "SELECT 'it''s', \"a\"\"b\"", "SELECT 'it''s', \"a\"\"b\""),
        ("SELECT 1 -- 100% sure: %%s", "SELECT 1", "SELECT 1"),
        ("SELECT /* ' ; %d */ 1", "SELECT   1", "SELECT   1"),
        ("SELECT 1;", "SELECT 1", "SELECT 1"),
        (" ;; SELECT 1 ;; -- done", "SELECT 1", "SELECT 1"),
    ],
)
def test_a_text_in_each_style(sql, sqlite, postgres):
    """``%s`` is each driver's own placeholder, ``%%`` a percent sign; a comment is a space."""
    assert (scan(sql, "sqlite").text, scan(sql, "postgres").text) == (sqlite, postgres)


def test_placeholders_are_counted_outside_quotes():
    """Only what stands in the statement itself is a value."""
    assert scan("SELECT %s, /* ? */ \"x\", '%%', %s -- %%s", "sqlite").placeholders == 2


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2",
        "SELECT 1;/**/SELECT 2",
        "SELECT 1;--\nSELECT 2",
        "SELECT 1;--\rSELECT 2",
        "SELECT ''; SELECT ''",
        "SELECT '\\'; SELECT '2'",
        'SELECT "a"; SELECT "b"',
        "SELECT 1/*;*/;SELECT 2",
    ],
)
def test_two_statements_are_seen(dialect, sql):
    """A second statement is found behind every kind of quote and comment."""
    # SQL-2
    with pytest.raises(UnsafeQueryError, match="2 were given"):
        scan(sql, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT '",
        'SELECT "',
        "SELECT 'it''s",
        "SELECT /*",
        "SELECT 1 /* 2",
        "SELECT \0",
        "SELECT %",
        "SELECT %d",
        "SELECT %(name)s",
        "SELECT 'a%'",
        "SELECT '%s'",
        'SELECT "%s"',
        "SELECT $1",
        "SELECT $",
    ],
)
def test_an_open_or_unclear_text_is_refused(dialect, sql):
    """An open quote, a lone percent sign and another placeholder style are refused."""
    with pytest.raises(UnsafeQueryError):
        scan(sql, dialect)


@pytest.mark.parametrize("sql", ["SELECT ?", "SELECT :a", "SELECT @a", "SELECT #a", "SELECT `a", "SELECT [a"])
def test_what_only_sqlite_reads_otherwise_is_refused_there(sql):
    """SQLite's own placeholders, and its other quotes left open, are refused."""
    with pytest.raises(UnsafeQueryError):
        scan(sql, "sqlite")


@pytest.mark.parametrize(
    "sql", ["SELECT [a;b]", "SELECT `a;b`", "SELECT [it's]", "SELECT `a``;'b`", "/* /* */ SELECT 1"]
)
def test_names_and_comments_of_sqlite(sql):
    """Brackets and backticks quote names there, and comments do not nest."""
    assert len(split(sql, "sqlite")) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT $$;$$",
        "SELECT $a$ ; $$ ' $b$ $a$",
        "SELECT $a1_$;$a1_$",
        "SELECT a$b$c",
        "SELECT a[1]::text ? 'b'",
        "SELECT 1 /* /* ; */ ; */",
        "SELECT U&'\\0041;'",
        "SELECT e, 'e'",
    ],
)
def test_quotes_and_comments_of_postgresql(sql):
    """Dollar quotes and nested comments hide a semicolon there."""
    assert len(split(sql, "postgres")) == 1


@pytest.mark.parametrize(
    "sql", ["SELECT E'\\''", "SELECT e'a'", "SELECT 1E'\\'; x'", "SELECT $a$ $b$", "SELECT $1a$ $1a$"]
)
def test_strings_with_rules_of_their_own_are_refused(sql):
    """E'...' escapes quotes with a backslash: it is refused, pass the text as a value."""
    with pytest.raises(UnsafeQueryError):
        scan(sql, "postgres")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "sql",
    [
        *(
            f"SELECT {prefix}%s"
            for prefix in ("E", "e", "U&", "u&", "B", "X", "N", "é", "_", "1", "1.", "a.")
        ),
        *(f"SELECT %s{after}" for after in ("a", "1", ".5", "'a'", '"a"', "%s", "$1")),
        *("SELECT 'a'%s", 'SELECT "a"%s', "SELECT 'a%s'", 'SELECT "%s"', "SELECT a LIKE '%%%s%%'"),
        *("SELECT 1 -- %s", "SELECT 1 /* %s */", "SELECT $$%s$$", "SELECT $a$ %s $a$", "SELECT x IN%s"),
    ],
)
def test_a_value_that_its_neighbours_would_change_is_refused(dialect, sql):
    """What touches a word, a prefix of strings, a number or a quote, or stands inside one, is no value."""
    # SQL-1
    with pytest.raises(UnsafeQueryError):
        scan(sql, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "sql",
    [
        *(
            "SELECT (%s)",
            "SELECT a=%s",
            "SELECT 1+%s",
            "SELECT -%s",
            "SELECT 7%%%s",
            "SELECT %s%%2",
            "SELECT a||%s||b",
        ),
        *(
            "SELECT f(%s,%s)",
            "SELECT a IN %s",
            "SELECT E %s",
            "SELECT a&%s",
            "SELECT au&%s",
            "SELECT\n%s\nFROM t",
        ),
    ],
)
def test_a_value_beside_an_operator_is_one(dialect, sql):
    """Operators, brackets, commas and white space leave a value as it is."""
    assert scan(sql, dialect).placeholders == sql.count("%s")


@pytest.mark.parametrize(
    ("sql", "sqlite", "postgres"),
    [
        ("SELECT 1", "reads", "reads"),
        ("SELECT f(1)", "reads", "asks"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "reads", "asks"),
        ("SELECT 1 INTO t", "both", "both"),
        ("WITH a AS (SELECT 1) DELETE FROM t", "both", "both"),
        ("DELETE FROM t RETURNING a", "both", "both"),
        ("DELETE FROM t", "changes", "changes"),
        ("CREATE TABLE t (a TEXT)", "changes", "changes"),
    ],
)
def test_what_a_statement_does_is_seen(sql, sqlite, postgres):
    """A call in PostgreSQL may change something; RETURNING gives the rows of a change."""
    assert (scan(sql, "sqlite").manner, scan(sql, "postgres").manner) == (sqlite, postgres)


def test_a_file_of_statements_is_split():
    """A schema file holds several statements, each checked as one."""
    text = "CREATE TABLE a (x TEXT DEFAULT ';'); -- first\n\nCREATE TABLE b (y TEXT);\n"
    assert split(text, "sqlite") == [
        Statement("CREATE TABLE a (x TEXT DEFAULT ';')", 0),
        Statement("CREATE TABLE b (y TEXT)", 0),
    ]


def test_a_text_is_scanned_once():
    """A constant costs its scan only the first time."""
    assert scan("SELECT 'once'", "sqlite") is scan("SELECT 'once'", "sqlite")


PIECES = st.sampled_from(
    [
        "'",
        '"',
        "`",
        "[",
        "]",
        "--",
        "/*",
        "*/",
        "\n",
        "\r",
        ";",
        "$",
        "$$",
        "$a$",
        "a",
        "E",
        "1",
        "\\",
        " ",
        "é",
        "%%",
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(sql=st.one_of(TEXTS, st.text()))
def test_any_text_is_scanned_or_refused(dialect, sql):
    """No text makes the scan raise anything but UnsafeQueryError."""
    try:
        found = split(sql, dialect)
    except UnsafeQueryError:
        return
    assert all(statement.text for statement in found)


@given(before=TEXTS, after=TEXTS)
@settings(max_examples=300)
def test_sqlite_sees_no_second_statement_either(before, after):
    """What the scan takes for one statement, SQLite does not take for two."""
    # SQL-2
    connection = sqlite3.connect(":memory:")
    try:
        statement = scan(f"SELECT 1 AS x{before}; SELECT 2 {after}", "sqlite")
        connection.execute(statement.text)
    except (UnsafeQueryError, sqlite3.OperationalError):
        pass  # refused here, or no SQL at all; "one statement at a time" would be another exception
    finally:
        connection.close()


@pytest.mark.servers
def test_postgresql_sees_no_second_statement_either(postgres_url):
    """What the scan takes for one statement, PostgreSQL does not take for two."""
    # SQL-2
    db = PostgresDatabase(postgres_url, pool_size=1)
    db.query("CREATE SEQUENCE canary")
    canary = "SELECT nextval('canary')"  # no rollback undoes it

    @given(before=TEXTS, after=TEXTS)
    @settings(max_examples=300)
    def attempt(before, after):
        try:
            db.query(f"SELECT 1 AS x{before}; {canary} {after}")
        except AuthError:
            return
        assert db.query("SELECT is_called AS sang FROM canary", fetch="one") == {"sang": False}

    attempt()
    db.close()
