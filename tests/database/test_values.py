"""The values of a statement: bound as they are, or refused in advance."""

from __future__ import annotations

import array
import collections
import datetime as dt
import enum
import fractions
import http
import ipaddress
import pathlib
import re
import signal
import sqlite3
import types
import uuid
import zoneinfo
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.database.values import checked
from jwt_auth_core.errors import InvalidValueError, QueryError, UnsafeQueryError
from jwt_auth_core.vocabulary import Secret

ADD = "INSERT INTO notes (id, body) VALUES (%s, %s)"
Point = collections.namedtuple("Point", "x y")  # noqa: PYI024 - what a value may be
UNSTORED = [
    *(1j, fractions.Fraction(1, 3), range(10**12), slice(1), set(), frozenset(), {"a": 1}, bytearray(b"a")),
    *(memoryview(b"a"), array.array("i", [1]), collections.deque([1]), collections.Counter("a"), ..., int),
    *(collections.UserString("a"), ipaddress.ip_address("::1"), ipaddress.ip_network("10.0.0.0/8")),
    *(pathlib.Path("a"), dt.UTC, zoneinfo.ZoneInfo("UTC"), re.compile("a"), types.SimpleNamespace(a=1)),
    *(enum.Enum("Plain", "A").A, NotImplemented, iter([1]), (n for n in [1]), len, sqlite3, ValueError("a")),
]


@pytest.mark.parametrize("value", ["'; DROP TABLE notes; --", '"', "\\", "%s %% %", "?", "é😀", "a\nb", ""])
def test_a_text_comes_back_as_it_went_in(db, value):
    """Every value is bound: none of its characters means anything to the database."""
    # SQL-1
    db.query(ADD, (1, value))
    assert db.query("SELECT body FROM notes", fetch="all") == [{"body": value}]


@pytest.mark.parametrize("value", [-(2**63), 2**63 - 1, 0, None])
def test_a_number_comes_back_as_it_went_in(db, value):
    """Integers of 64 bits and NULL are kept."""
    assert db.query("SELECT CAST(%s AS BIGINT) AS it", (value,), fetch="one") == {"it": value}


def test_bytes_come_back_as_bytes(db):
    """Octets are kept, NUL among them."""
    column = "BYTEA" if db.dialect == "postgres" else "BLOB"
    db.query(f"CREATE TABLE IF NOT EXISTS octets (it {column})")
    db.query("INSERT INTO octets VALUES (%s)", (b"\0\xff'",))
    db.query("INSERT INTO octets VALUES (%s)", (None,))
    assert [row["it"] for row in db.query("SELECT it FROM octets", fetch="all")] == [b"\0\xff'", None]


def test_a_uuid_goes_in_as_its_text(db):
    """A UUID is stored, and comes back, in its canonical text."""
    it = uuid.uuid4()
    kind = "uuid" if db.dialect == "postgres" else "text"
    assert db.query(f"SELECT CAST(%s AS {kind}) AS it", (it,), fetch="one") == {"it": str(it)}


def test_times_go_in_as_text_of_iso_8601(db):
    """Dates and times are compared as the database writes them."""
    values = (dt.datetime(2030, 1, 2, 3, 4, 5), dt.date(2030, 1, 2), dt.time(3, 4, 5))  # noqa: DTZ001
    sql = "SELECT %s AS moment, %s AS day, %s AS hour"
    found = db.query(sql, values, fetch="one")
    assert [str(found[name]) for name in ("moment", "day", "hour")] == [str(value) for value in values]


def test_a_percent_sign_is_doubled(db):
    """``%%`` is one percent sign, inside quotes and out, with values and without."""
    db.query(ADD, (1, "50%"))
    assert db.query("SELECT body FROM notes WHERE body LIKE '%%0%%'", fetch="all") == [{"body": "50%"}]
    assert db.query("SELECT 7 %% %s AS rest", (4,), fetch="one") == {"rest": 3}


@pytest.mark.parametrize("values", ["a", b"a", {"a": 1}, 1, None, iter(())])
def test_values_are_a_tuple_or_a_list(db, values):
    """A bare string is not a list of its characters."""
    with pytest.raises(UnsafeQueryError, match="tuple or a list"):
        db.query("SELECT %s", values)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a\0b", "NUL"),
        ("\ud800", "surrogate"),
        ("é\udfff", "surrogate"),
        (["a", "\0"], "NUL"),
        (("a", ["\ud800"]), "surrogate"),
        (2**63, "64 bits"),
        (-(2**63) - 1, "64 bits"),
        (float("nan"), "not a number"),
        (Secret("not for the database"), "type"),
        (object(), "type"),
        ({"a": 1}, "type"),
    ],
)
def test_a_value_that_no_column_holds_is_refused(db, value, why):
    """What would raise in a driver, or be stored as something else, is a clear error (SQL-3)."""
    # SQL-3
    with pytest.raises(InvalidValueError, match=rf"value 2 .*{why}"):
        db.query("SELECT %s, %s", (1, value))


def test_decimals_are_for_postgresql(db):
    """SQLite has no decimals: there such a value is refused, not rounded."""
    if db.dialect == "postgres":
        assert db.query("SELECT %s AS it", (Decimal("1.10"),), fetch="one") == {"it": Decimal("1.10")}
        return
    with pytest.raises(InvalidValueError, match="cannot store"):
        db.query("SELECT %s AS it", (Decimal("1.10"),))


class Colour(enum.StrEnum):
    """A text with a name."""

    RED = "red"


class Shade(str, enum.Enum):  # noqa: UP042 - what people wrote before StrEnum
    """The same, whose `str` is another text."""

    DARK = "dark"


class Half(float):
    """A number that shows itself as something else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "half of it"

    __str__ = __repr__


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (http.HTTPStatus.NOT_FOUND, 404),
        (signal.SIGTERM, 15),
        (re.IGNORECASE | re.MULTILINE, 10),
        (enum.IntEnum("Size", {"BIG": 2**40}).BIG, 2**40),
        (Colour.RED, "red"),
        (Shade.DARK, "dark"),
        (Half(0.5), 0.5),
        (type("Octets", (bytes,), {})(b"ab"), b"ab"),
    ],
)
def test_a_value_of_a_subclass_is_the_plain_value(db, value, plain):
    """An enumeration of numbers or texts is stored as what it stands for, at once."""
    kind = {int: "BIGINT", str: "TEXT", float: "FLOAT8", bytes: "BYTEA"}[type(plain)]
    found = db.query(
        f"SELECT CAST(%s AS {kind if db.dialect == 'postgres' else 'NUMERIC'}) AS it", (value,), fetch="one"
    )
    (again,) = checked((value,), expected=1)
    assert (again, type(again)) == (plain, type(plain))
    assert db.dialect != "postgres" or found == {"it": plain}


NESTED: list[object] = []
NESTED.append(NESTED)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (NESTED, "nested too deeply"),
        (enum.IntEnum("Size", {"HUGE": 2**63}).HUGE, "64 bits"),
        (Decimal("Infinity"), "finite"),
        (Decimal("NaN"), "finite"),
        (Decimal("sNaN"), "finite"),
        *((value, "type") for value in UNSTORED),
    ],
)
def test_a_type_that_is_not_stored_is_refused_at_once(db, value, why):
    """Whatever the standard library has is stored or refused, and never walked through."""
    with pytest.raises(InvalidValueError, match=rf"value 1 .*{why}"):
        db.query("SELECT %s", (value,))


MOMENT = dt.datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, -1, -1.5, float("inf"), "", b"", Decimal("-1.5"), uuid.UUID(int=1), MOMENT),
        *(MOMENT.date(), MOMENT.time(), MOMENT.timetz(), dt.timedelta.max),
        *(dt.datetime.min, dt.datetime.max),  # noqa: DTZ901
        *(
            dt.timedelta(-1, 1),
            [1, 2],
            [],
            (1, 2),
            [[1], [2]],
            [None],
            ["a", None],
            Point(1, 2),
            MOMENT.timetuple(),
        ),
    ],
)
def test_every_other_value_is_stored_or_refused_at_once(db, value):
    """What may be stored goes in beside a minus sign or an operator, or is refused in one sentence."""
    sql = "SELECT 1 WHERE 1 IN %s" if isinstance(value, tuple) else "SELECT %s"
    try:
        assert len(db.query(sql, (value,), fetch="all")) <= 1
    except (InvalidValueError, QueryError) as refused:
        assert "\n" not in str(refused)


@pytest.mark.parametrize("value", [-1, -1.5, Decimal("-1.5")])
def test_a_negative_value_behind_a_minus_is_no_comment(db, value):
    """Two minus signs would begin a comment: the value is still subtracted."""
    if db.dialect == "sqlite" and isinstance(value, Decimal):
        return  # which has none
    assert float(db.query("SELECT 1-%s AS it", (value,), fetch="one")["it"]) == 1 - float(value)


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=())),
    st.binary(),
)


@given(value=ANYTHING)
def test_what_is_accepted_is_stored_as_it_is(value):
    """A value is refused in advance or kept exactly: none raises in the driver or comes back changed."""
    # SQL-3
    try:
        (accepted,) = checked([value], expected=1)
    except InvalidValueError as exc:
        assert str(exc).startswith("value 1 ")
        return
    connection = sqlite3.connect(":memory:")
    assert connection.execute("SELECT ?", (accepted,)).fetchone() == (value,)
    connection.close()


def test_a_uuid_inside_a_list_becomes_its_text():
    """Lists are arrays for PostgreSQL and tuples follow IN; both keep their kind."""
    values = checked(([uuid.UUID(int=1)], (uuid.UUID(int=2),)), expected=2)
    assert values == (["00000000-0000-0000-0000-000000000001"], ("00000000-0000-0000-0000-000000000002",))
