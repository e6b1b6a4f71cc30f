"""Any issuer's payload, read by msgspec: what the strict reader says of it, or nothing."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.encoding import b64url_octets, strict_json
from jwt_auth_core.tokens.msgspec import members_in
from jwt_auth_core.tokens.reader import members_reader
from tests.tokens import wrong

# Each stands as a value in an object: what msgspec takes and strict JSON does not, or reads otherwise.
VALUES = [
    *(
        "1e5",
        "1.10",
        "1.0",
        "-0",
        "-0.0",
        "1E400",
        "-1e999",
        "NaN",
        "Infinity",
        "01",
        "1.",
        ".5",
        "+1",
        "tru",
    ),
    *("99999999999999999999", "100000000000000000000", "-99999999999999999999", "-100000000000000000000"),
    *("[1,100000000000000000000]", '{"b":-100000000000000000000}', "9" * 5000, "1.00000000000000000000001"),
    *('{"b":1,"b":1}', '[{"b":1,"b":2}]', '{"b":{"":1,"":1}}', '{"\\u0062":1,"b":1}', '"\\ud800"', '"\\/"'),
    *('"\x7f"', '"\x01"', '"\t"', '"\u2028"', '"<\\u003e>"', " 1", "1 ", "[1, 2]", "[1,]", "", "1,", "null"),
    *("[" * 31 + "]" * 31, "[" * 32 + "]" * 32, "[" * 5000 + "]" * 5000, '"' + "[{" * 40 + '"', '":","a":1'),
    *('"110169484474386276334"', '"1,100000000000000000000"', "[[],{}]", '"é"', '"~?>"'),
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**21), 10**21) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def read(payload):
    """Return what both say of octets: the members that were read fast, and those that strict JSON has."""
    try:
        strict = strict_json(payload)
    except ValueError:
        strict = None
    return members_in(b64url_octets(payload)), strict


def check(payload):
    """Check that what was read fast is strict JSON, and the same of it, to the types of its values."""
    found, strict = read(payload)
    assert found is None or repr(found) == repr(strict)
    return found


@pytest.mark.parametrize("value", VALUES)
def test_what_is_read_fast_is_strict_json(value):
    """A number too long or rounded, a name twice, an escape: left to the strict reader."""  # JWT-10
    for text in (
        f'{{"a":{value}}}',
        f'{{"a":{value},"c":1}}',
        f'{{"c":1,"a":{value}}}',
        f'{{"a":1,"a":{value}}}',
    ):
        check(text.encode())


@pytest.mark.parametrize("vector", wrong.STRICT_JSON, ids=lambda vector: vector["name"])
def test_the_vectors_of_strict_json(vector):
    """None that is refused is read, neither as a payload nor inside of one."""  # JWT-10
    document = wrong.document(vector)
    for payload in (document, b'{"a":' + document + b"}"):
        check(payload)


@pytest.mark.untraced
@given(members=st.dictionaries(st.text(max_size=4), json_values, max_size=4), plain=st.booleans())
def test_whatever_json_it_is(members, plain):
    """Compact or not, what is read fast is what the strict reader says."""  # JWT-10
    for separators in ((",", ":"), (", ", ": ")):
        check(json.dumps(members, ensure_ascii=plain, separators=separators).encode("utf-8", "surrogatepass"))


@pytest.mark.untraced
@given(data=st.data())
def test_whatever_was_edited(data):
    """One octet more, less or other than there was: still the same."""  # JWT-10
    payload = b'{"iss":"i","sub":"42","iat":1700000000,"roles":{"a":["b",1.5]},"nbf":-1,"x":null}'
    place, size = data.draw(st.integers(0, len(payload))), data.draw(st.integers(0, 3))
    check(payload[:place] + data.draw(st.binary(max_size=3)) + payload[place + size :])


def test_what_issuers_write_is_read_fast():
    """Compact JSON of any depth and kind is; whoever adds white space is read all the same, and slower."""
    members = {
        "sub": "é",
        "iat": 1_700_000_000,
        "realm_access": {"roles": ["a", "b"]},
        "x": [None, True, 0.5],
    }
    compact = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
    assert check(compact) == members
    assert check(json.dumps(members).encode()) is None


@pytest.mark.parametrize("segment", [b"", b"e", b"e30=", b"e31", b"e3 0", b"e3\n0", "é".encode(), b"e30\xff"])
def test_no_other_spelling_of_base64(segment):
    """A segment that is not canonical base64url is read by nobody."""  # JWT-03
    try:
        assert members_in(segment) is None
    except ValueError:
        return
    assert segment == b""


def test_nobody_needs_msgspec(monkeypatch):
    """Where it is not installed every payload is left to the strict reader."""  # SUP-1
    assert members_reader() is members_in
    monkeypatch.setitem(sys.modules, "jwt_auth_core.tokens.msgspec", None)
    assert members_reader()(b"e30") is None
