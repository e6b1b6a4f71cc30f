"""Request bodies: how much is read, of which type, and what garbage becomes."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_asgi.errors import (
    BodyTimeoutError,
    BodyTooLargeError,
    RequestError,
    UnsupportedMediaTypeError,
)
from jwt_auth_asgi.http import bodies
from jwt_auth_asgi.http.headers import by_name
from jwt_auth_core.errors import InvalidInputError

PARSERS = {bodies.JSON: bodies.from_json, bodies.FORM: bodies.from_form}


class Wire:
    """Hands out chunks as a server does, and counts how many were taken."""

    def __init__(self, *chunks, end="http.disconnect"):
        last = len(chunks) - 1
        self.messages = [
            {"type": "http.request", "body": chunk, "more_body": place < last or end is None}
            for place, chunk in enumerate(chunks)
        ]
        self.taken = 0

    async def receive(self):
        self.taken += 1
        if self.messages:
            return self.messages.pop(0)
        return {"type": "http.disconnect"}


def scope(*headers):
    return {"type": "http", "headers": [(name, value) for name, value in headers]}


def typed(value):
    return scope((b"content-type", value))


def read(wire, *headers):
    return asyncio.run(bodies.read(by_name(scope(*headers)), wire.receive))


def test_a_body_is_read_whole():
    """The chunks of a body are joined; one of exactly the limit is taken."""
    assert read(Wire(b"ab", b"", b"cd")) == b"abcd"
    assert len(read(Wire(b"x" * bodies.LIMIT_BYTES))) == bodies.LIMIT_BYTES


def test_a_body_is_counted_while_it_streams():
    """The chunk that exceeds the limit is the last one that is read."""  # F-31
    wire = Wire(*[b"x" * 1024] * 100)
    with pytest.raises(BodyTooLargeError) as refused:
        read(wire)
    assert wire.taken == 17
    assert refused.value.limit_bytes == 16_384


@pytest.mark.parametrize("length", [b"16385", b"016385", b"9" * 5000])
def test_a_declared_length_is_refused_before_reading(length):
    """A Content-Length over the limit is answered without taking a byte."""  # F-31
    wire = Wire(b"x")
    with pytest.raises(BodyTooLargeError):
        read(wire, (b"content-length", length))
    assert wire.taken == 0


@pytest.mark.parametrize("length", [b"16384", b"000016384", b"0", b"-1", b"many", b"\xb2", b""])
def test_other_lengths_are_left_to_the_count(length):
    """A length within the limit, or none at all, decides nothing."""
    assert read(Wire(b"x"), (b"content-length", length)) == b"x"


def test_a_client_that_leaves_mid_body_is_let_go():
    """A disconnect before the end is a request error, not a crash."""  # F-19
    with pytest.raises(RequestError, match="ended before its body"):
        read(Wire(b"x", end=None))


async def test_a_slow_body_times_out(monkeypatch):
    """A body that trickles for ever is given up."""  # F-31
    monkeypatch.setattr(bodies, "TIMEOUT_SECONDS", 0.01)

    async def never():
        await asyncio.get_running_loop().create_future()

    with pytest.raises(BodyTimeoutError):
        await bodies.read(by_name(scope()), never)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b"application/json", "application/json"),
        (b"Application/JSON; charset=UTF-8", "application/json"),
        (b'application/json;charset="utf-8"', "application/json"),
        (b"application/json; profile=x", "application/json"),
        (b"text/plain", "text/plain"),
        (b"\xff", "\xff"),
    ],
)
def test_a_media_type_is_read(value, kind):
    """Case and parameters do not matter, but for the charset."""
    assert bodies.media_type(by_name(typed(value))) == kind


@pytest.mark.parametrize(
    "odd",
    [
        typed(b"application/json; charset=utf-16"),
        typed(b"application/json; charset="),
        scope((b"content-type", b"application/json"), (b"content-type", b"application/json")),
        scope((b"content-type", b"application/json"), (b"content-encoding", b"gzip")),
    ],
)
def test_an_odd_declaration_is_refused(odd):
    """Another charset, two types, or compression: 415."""  # CK-05
    with pytest.raises(UnsupportedMediaTypeError):
        bodies.media_type(by_name(odd))


@pytest.mark.parametrize(
    "value", [b"text/plain", b"", b"application/jsonx", b"multipart/form-data; boundary=x"]
)
async def test_a_type_without_parser_is_refused_unread(value):
    """What no parser takes is refused before a byte is read."""  # CK-05
    wire = Wire(b"{}")
    with pytest.raises(UnsupportedMediaTypeError, match="send application/json or application/x-www"):
        await bodies.parsed(by_name(typed(value)), wire.receive, PARSERS)
    assert wire.taken == 0


async def test_an_empty_body_needs_no_type():
    """A request without a body brings no fields, whatever it calls that."""
    assert await bodies.parsed_or_empty(by_name(typed(b"text/plain")), Wire(b"").receive, PARSERS) == {}


async def test_a_body_needs_its_type():
    """Where there is a body its type must be one that is taken."""  # CK-05
    with pytest.raises(UnsupportedMediaTypeError):
        await bodies.parsed_or_empty(by_name(typed(b"text/plain")), Wire(b"{}").receive, PARSERS)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{}{}",
        b"nope",
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b'{"a":"\xff"}',
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
        b"[" * 5000,
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_strict_json_is_refused(body):
    """Broken, doubled, foreign or bottomless JSON is one kind of refusal."""  # F-31
    with pytest.raises(RequestError, match="not valid JSON"):
        bodies.from_json(body)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"1"])
def test_what_is_no_object_is_invalid_input(body):
    """JSON of another kind names the body as the offender."""
    with pytest.raises(InvalidInputError) as refused:
        bodies.from_json(body)
    assert refused.value.errors[0].field == "body"


def test_a_form_is_decoded():
    """Plus signs, percent-encoded UTF-8 and blank values arrive as text."""
    form = b"username=a%40b.example&password=%C3%A9+%20x&scope="
    assert bodies.from_form(form) == {"username": "a@b.example", "password": "é  x", "scope": ""}
    assert bodies.from_form(b"") == {}


@pytest.mark.parametrize(
    "body",
    [
        b"a=1&a=2",
        b"novalue",
        b"a=1&&b=2",
        b"a=%FF",
        b"a=\xc3\xa9",
        b"&".join(b"f%d=1" % number for number in range(bodies.LIMIT_FIELDS + 1)),
        b"&" * 16_000,
    ],
)
def test_a_broken_form_is_refused(body):
    """Doubled, malformed or too many fields, and what is not UTF-8, are refused."""  # F-31
    with pytest.raises(RequestError):
        bodies.from_form(body)


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_any_bytes_become_fields_or_a_refusal(body):
    """Whatever arrives, both parsers answer with a mapping or with our own errors."""
    for parse in PARSERS.values():
        try:
            fields = parse(body)
        except (RequestError, InvalidInputError):
            continue
        assert all(isinstance(name, str) for name in fields)
