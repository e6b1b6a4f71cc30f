"""A row: what it holds of an event, how strangers' text is written, what its HMAC is over."""

import re
from dataclasses import dataclass, fields, replace
from typing import ClassVar

import pytest

from jwt_auth_core.audit.row import LONGEST, PURPOSE, Row, escaped, row_of
from jwt_auth_core.events import Event, LoggedIn, LoginFailed
from jwt_auth_core.keys.derived import derived_keys
from jwt_auth_core.vocabulary import Client, Secret, UserId

KEY, OTHER = derived_keys([Secret("first " * 8), Secret("other " * 8)], purpose=PURPOSE)
KEYS = {KEY.key_id: KEY}
EVENT = LoggedIn(at=5, user_id=UserId("u"), session="abc", client=Client("192.0.2.1", "curl"), reason="why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Event):
    """An event that has more to say than others."""

    name: ClassVar = "counted"
    count: int = 0


def test_a_row_says_what_the_event_says():
    """Each field has its column."""
    row = row_of(EVENT, None)
    found = (row.at, row.name, row.outcome, row.user_id, row.session, row.address, row.user_agent, row.reason)
    assert found == (5, "login_succeeded", "success", "u", "abc", "192.0.2.1", "curl", "why")
    assert (row.facts, row.key_id, row.mac) == (None, None, None)


def test_each_row_has_an_id_of_its_own():
    """Two events that are alike are two events, and ids sort by time."""
    ids = [row_of(LoginFailed(at=at), None).event_id for at in (1, 1, 2)]
    assert len(set(ids)) == 3
    assert ids[:2] < ids[2:]
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)


def test_what_only_one_kind_of_event_has_is_kept():
    """As JSON, in a column for that."""
    assert row_of(Counted(at=1, count=7), None).facts == '{"count":7}'


@pytest.mark.parametrize("text", ["a\r\nb", "\x1b[31m", "\u202e", "\0", "\ud800", "\x7f", "Zoë"])
def test_what_strangers_wrote_is_printable_ascii(text):
    """No line break, ANSI, bidi or half character reaches a terminal or a database."""  # LOG-2
    written = escaped(text)
    assert written.isascii()
    assert written.isprintable()


def test_two_texts_are_never_written_alike():
    """A backslash is escaped, too."""  # LOG-2
    assert escaped("\n") != escaped("\\n")


def test_a_long_text_is_cut():
    """A stranger does not decide how large a row is."""
    assert len(escaped("x" * 10_000)) == LONGEST
    assert escaped(None) is None


def test_a_sealed_row_names_its_key_and_is_good():
    """The HMAC is that of the key, whose id is beside it."""
    row = row_of(EVENT, KEY)
    assert row.key_id == KEY.key_id
    assert row.seal(KEYS) == "good"


@pytest.mark.parametrize(
    "field", [field.name for field in fields(Row) if field.name not in {"id", "mac", "key_id"}]
)
def test_every_column_is_under_the_hmac(field):
    """Whichever is changed, the row is not what was written."""
    row = replace(row_of(EVENT, KEY), id=3)
    value = getattr(row, field)
    for other in {None, "", 7, f"{value}x", b"bytes"} - {value}:
        assert replace(row, **{field: other}).seal(KEYS) == "wrong"


def test_what_stands_in_two_columns_cannot_move():
    """The text under the HMAC is unambiguous."""
    one = replace(row_of(EVENT, KEY), address="ab", user_agent="c")
    assert one.text() != replace(one, address="a", user_agent="bc").text()
    assert one.text() != replace(one, reason="None").text() != replace(one, reason=None).text()


def test_the_key_is_under_the_hmac():
    """A row of one key is none of another's, and an unknown one is said."""
    row = row_of(EVENT, KEY)
    assert replace(row, key_id=OTHER.key_id).seal({**KEYS, OTHER.key_id: OTHER}) == "wrong"
    assert replace(row, key_id="gone").seal(KEYS) == "unknown key"
    assert row_of(EVENT, None).seal(KEYS) == "none"
    assert replace(row, mac=None).seal(KEYS) == "wrong"
