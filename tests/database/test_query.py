"""What a query is, the same on every database."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass

import pytest

from jwt_auth_core.database.postgres import PostgresDatabase
from jwt_auth_core.errors import (
    ConstraintError,
    MissingTableError,
    QueryError,
    StoreUnavailableError,
    UniqueViolationError,
    UnsafeQueryError,
)

ADD = "INSERT INTO notes (id, body) VALUES (%s, %s)"
BODIES = "SELECT body FROM notes ORDER BY id"


@dataclass(frozen=True)
class Note:
    """A row of the table."""

    id: int
    body: str


def bodies(db) -> list[str]:
    """Return every body, in order."""
    return [row["body"] for row in db.query(BODIES, fetch="all")]


def test_one_row_is_a_dict(db):
    """``fetch="one"`` gives the first row by its columns' names."""
    db.query(ADD, (1, "first"))
    db.query(ADD, (2, "second"))
    assert db.query("SELECT id, body FROM notes ORDER BY id", fetch="one") == {"id": 1, "body": "first"}


def test_no_row_is_none(db):
    """``fetch="one"`` gives None where there is none."""
    assert db.query(BODIES, fetch="one") is None


def test_all_rows_are_a_list(db):
    """``fetch="all"`` gives every row, in the order of the statement."""
    assert db.query(BODIES, fetch="all") == []
    db.query(ADD, (2, "b"))
    db.query(ADD, (1, "a"))
    assert db.query(BODIES, fetch="all") == [{"body": "a"}, {"body": "b"}]


def test_rows_become_dataclasses(db):
    """``into`` makes each row an instance of a dataclass named after the columns."""
    db.query(ADD, (1, "a"))
    assert db.query("SELECT id, body FROM notes", fetch="one", into=Note) == Note(1, "a")
    assert db.query("SELECT id, body FROM notes", fetch="all", into=Note) == [Note(1, "a")]


def test_columns_must_fit_the_dataclass(db):
    """A column too few or too many is named."""
    db.query(ADD, (1, "a"))
    with pytest.raises(QueryError, match="the columns body do not fit Note"):
        db.query(BODIES, fetch="one", into=Note)


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("UPDATE notes SET body = body || '!'", 2),
        ("UPDATE notes SET body = 'x' WHERE id > 5", 0),
        ("WITH few AS (SELECT 1 AS id) UPDATE notes SET body = 'x' WHERE id IN (SELECT id FROM few)", 1),
        ("DELETE FROM notes", 2),
        ("SELECT * FROM notes", 2),
        ("CREATE TABLE IF NOT EXISTS notes (id BIGINT)", 0),
        ("INSERT INTO notes (id, body) VALUES (3, 'c') RETURNING id", 1),
    ],
)
def test_without_fetch_the_count_is_returned(db, sql, count):
    """Without ``fetch`` a query tells how many rows it changed or found."""
    db.query(ADD, (1, "a"))
    db.query(ADD, (2, "b"))
    assert db.query(sql) == count


def test_returning_gives_rows_and_takes_effect(db):
    """A statement that changes and returns rows does both, also when only one row is fetched."""
    sql = "INSERT INTO notes (id, body) VALUES (1, 'a'), (2, 'b') RETURNING id"
    assert db.query(sql, fetch="one") == {"id": 1}
    assert bodies(db) == ["a", "b"]


CHANGES = [
    "DELETE FROM notes",
    "WITH few AS (SELECT 1 AS id) DELETE FROM notes WHERE id IN (SELECT id FROM few)",
]


@pytest.mark.parametrize("sql", CHANGES)
def test_fetch_from_a_statement_without_rows_changes_nothing(db, sql):
    """Asking a DELETE for rows is a mistake that is named, and nothing is deleted, however often."""
    db.query(ADD, (1, "a"))
    for _ in range(2):
        with pytest.raises(QueryError, match="returns no rows"):
            db.query(sql, fetch="all")
    assert bodies(db) == ["a"]


@pytest.mark.parametrize(
    ("sql", "into"),
    [
        ("DELETE FROM notes RETURNING id, id", None),
        ("UPDATE notes SET body = 'x' RETURNING body", Note),
        ("INSERT INTO notes (id, body) VALUES (2, 'b') RETURNING id AS a, body AS a", None),
    ],
)
def test_rows_that_cannot_be_given_change_nothing(db, sql, into):
    """Two columns of one name, or columns that do not fit, undo what the statement did."""
    db.query(ADD, (1, "a"))
    for _ in range(2):
        with pytest.raises(QueryError, match=r"one name|do not fit"):
            db.query(sql, fetch="all", into=into)
    assert bodies(db) == ["a"]


def test_a_refusal_inside_a_transaction_spoils_it(db):
    """Rows that cannot be given leave nothing of the transaction, also when the error was caught."""
    db.query(ADD, (1, "a"))
    with pytest.raises(QueryError, match="nothing of this transaction is kept"), db.transaction():  # noqa: PT012
        db.query(ADD, (2, "b"))
        with pytest.raises(QueryError, match="one name"):
            db.query("DELETE FROM notes RETURNING id, id", fetch="all")
        db.query(ADD, (3, "c"))
    assert bodies(db) == ["a"]


def test_a_change_that_gives_rows_does_so_inside_a_transaction(db):
    """RETURNING works where a transaction is open, too, and takes effect with it."""
    with db.transaction():
        assert db.query("INSERT INTO notes VALUES (1, 'a') RETURNING id", fetch="one") == {"id": 1}
    assert bodies(db) == ["a"]


@pytest.mark.servers
def test_a_function_that_changes_is_undone_with_its_refusal(postgres_url):
    """In PostgreSQL a SELECT may change something: it has not, where its rows cannot be given."""
    with closing(PostgresDatabase(postgres_url)) as db:
        db.query("CREATE TABLE marks (n INTEGER)")
        db.query(
            "CREATE FUNCTION mark() RETURNS INT LANGUAGE SQL AS 'INSERT INTO marks VALUES (1) RETURNING n'"
        )
        with pytest.raises(QueryError, match="one name"):
            db.query("SELECT mark(), mark()", fetch="one")
        assert db.query("SELECT count(*) AS n FROM marks", fetch="one") == {"n": 0}


def test_texts_that_were_seen_are_not_kept_for_ever(db, monkeypatch):
    """The memory of texts that gave rows in their form is bounded."""
    monkeypatch.setattr("jwt_auth_core.database.query.MOST_PROVEN", 2)
    for number in range(4):
        db.query(f"DELETE FROM notes WHERE id = {number} RETURNING id", fetch="all")  # noqa: S608
    assert len(db.proven) <= 2


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT body FROM notes", [{"body": "a"}]),
        ("SELECT body FROM notes WHERE id = 9", []),
        ("UPDATE notes SET body = 'b' RETURNING body", [{"body": "b"}]),
        ("UPDATE notes SET body = 'b'", 1),
        ("CREATE TABLE IF NOT EXISTS notes (id BIGINT)", 0),
    ],
)
def test_auto_gives_the_rows_that_there_are(db, sql, found):
    """With ``fetch="auto"`` a statement that returns rows returns them all, any other its count."""
    db.query(ADD, (1, "a"))
    assert db.query(sql, fetch="auto") == found


def test_two_columns_of_one_name_are_an_error(db):
    """A dict cannot hold two columns of one name; none is dropped silently."""
    with pytest.raises(QueryError, match="two columns have one name"):
        db.query("SELECT 1 AS a, 2 AS a", fetch="one")


def test_fetch_has_three_values(db):
    """Another word for fetch is refused before anything runs."""
    with pytest.raises(UnsafeQueryError, match='"one", "all", "auto" or None'):
        db.query(BODIES, fetch="many")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE notes",
        "INSERT INTO notes VALUES (1, 'a'); DELETE FROM notes",
        "",
        "-- nothing",
        ";",
    ],
)
def test_one_statement_a_text(db, sql):
    """Several statements in one text are refused, also without values (pgx CVE-2024-27289)."""
    # SQL-2
    with pytest.raises(UnsafeQueryError, match="one statement a call"):
        db.query(sql)


def test_a_semicolon_at_the_end_is_fine(db):
    """A closing semicolon makes no second statement; nor does one in quotes or a comment."""
    assert db.query("SELECT ';' AS it /* ; */ ; -- ;", fetch="one") == {"it": ";"}


@pytest.mark.parametrize(("sql", "values"), [("SELECT %s", ()), ("SELECT 1", (1,)), ("SELECT %s, %s", (1,))])
def test_as_many_values_as_placeholders(db, sql, values):
    """A value too few or too many is refused before execution."""
    with pytest.raises(UnsafeQueryError, match="placeholders"):
        db.query(sql, values)


def test_a_unique_value_twice(db):
    """The broken rule is named, the value is not, nor is it in the chained cause."""
    # LOG-1
    db.query(ADD, (1, "my value"))
    with pytest.raises(UniqueViolationError, match=r"notes[._]body") as caught:
        db.query(ADD, (2, "my value"))
    assert "my value" not in f"{caught.value} {caught.value.__cause__} {caught.value.constraint}"


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO notes (id) VALUES (1)",
        "INSERT INTO replies VALUES (77, 1)",
        "INSERT INTO replies VALUES (NULL, 0)",
    ],
)
def test_a_broken_rule_is_a_constraint_error(db, sql):
    """NOT NULL, foreign keys and CHECK are enforced."""
    with pytest.raises(ConstraintError):
        db.query(sql)


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT absent FROM notes", "absent"),
        ("SELECT n.absent FROM notes n", "n.absent"),
        ("INSERT INTO notes (absent) VALUES (1)", "absent"),
    ],
)
def test_a_missing_table_or_column_is_named(db, sql, name):
    """The error says what is missing; we do not claim to make what is the application's own."""
    with pytest.raises(MissingTableError) as caught:
        db.query(sql)
    assert caught.value.table == name
    assert str(caught.value) == f"table or column missing: {name}"


@pytest.mark.parametrize("sql", ["SELECT * FROM auth_accounts", "SELECT * FROM users"])
def test_a_missing_table_of_ours_names_the_command(db, sql):
    """What `jwt-auth migrate` makes is not there yet: the error says so."""
    with pytest.raises(MissingTableError, match=r"; run: jwt-auth migrate$"):
        db.query(sql)


def test_bad_sql_is_a_query_error(db):
    """A text that is no SQL is refused by the database; the message repeats nothing of it."""
    with pytest.raises(QueryError, match="refused the statement") as caught:
        db.query("SELEC 'secret words'")
    assert "secret" not in f"{caught.value} {caught.value.__cause__}"


def test_a_closed_database_says_so(tmp_path):
    """After ``close`` a query is refused in one sentence."""
    from jwt_auth_core.database.sqlite import SqliteDatabase  # noqa: PLC0415

    db = SqliteDatabase(tmp_path / "closed.sqlite3")
    db.close()
    with pytest.raises(StoreUnavailableError, match="was closed"):
        db.query("SELECT 1")


def test_threads_share_one_database(db):
    """Many threads write through one object, and each row arrives."""
    threads = [threading.Thread(target=db.query, args=(ADD, (n, str(n)))) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies(db)) == 20
