"""The pattern that knows our own payloads again says what the strict reader says, or nothing."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.errors import TokenError
from jwt_auth_core.tokens.rules import Rules
from jwt_auth_core.tokens.template import Template, quoted
from tests.tokens.forge import NOW

PARTIES = {"issuer": 'https://issuer.example/?a="b"\\', "audience": "api.(x)*"}
LIMITS = {"max_lifetime_seconds": 86_400, "leeway_seconds": 60}
texts = st.text(min_size=1, max_size=12) | st.sampled_from(
    ['"', "\\", '","exp":1,"x":"', "\x7f", "é", "\n", "~ ~"]
)
payloads = st.fixed_dictionaries(
    {
        "subject": texts.map(quoted),
        "scopes": st.sampled_from(["", "a", "a b", "topics:read topics:write"]),
        "session_id": st.none() | texts.map(quoted),
        "token_id": texts.map(quoted),
        "issued_at": st.integers(NOW - 5, NOW + 5),
        "expires_at": st.integers(NOW - 5, NOW + 90_000) | st.integers(-5, 10**21),
        "extra": st.none() | st.just({"x": "y"}),
    }
)


class StrictRules(Rules):
    """Rules that recognise nothing, so that every payload is read by the strict reader."""

    __slots__ = ()

    def __init__(self, **config):
        super().__init__(**config)
        self._recognise = lambda _text: None


def outcome(rules, payload):
    """Return what the rules say of a payload: claims, or the kind of refusal."""
    try:
        return rules.read(payload, now=NOW)
    except (ValueError, TokenError) as error:
        return type(error)


def edited(source, payload):
    """Return a payload with one random edit."""
    place, size = source.randrange(len(payload)), source.randrange(4)
    piece = source.choice(
        [
            b"",
            b'"',
            b",",
            b":",
            b"0",
            b"-",
            b"\\",
            b"}",
            b"\x1f",
            b" ",
            b"1",
            b'"a":',
            b"\xc3\xa9",
            payload[:9],
        ]
    )
    return payload[:place] + piece + payload[place + size :]


@pytest.mark.parametrize("parties", [PARTIES, {"issuer": None, "audience": None}], ids=["parties", "none"])
@settings(deadline=None, max_examples=300)
@given(made=payloads, seed=st.integers(0, 2**32))
def test_both_readers_agree(parties, made, seed):
    """Of what we write, and of edits of it, pattern and strict reader say the same."""  # JWT-10, JWT-19
    source = random.Random(seed)  # noqa: S311 - the same in every run
    quick, strict = Rules(**parties, **LIMITS), StrictRules(**parties, **LIMITS)
    try:
        payload = Template(**parties).write(**made)
    except ValueError:
        return
    for candidate in [payload, *(edited(source, payload) for _ in range(20))]:
        found = outcome(quick, candidate)
        expected = outcome(strict, candidate)
        assert found == expected or {found, expected} <= {ValueError, UnicodeDecodeError}


def test_usual_payloads_are_recognised():
    """What is issued without extra claims takes the quick way."""
    template = Template(**PARTIES)
    common = {"token_id": '"4f2a"', "issued_at": NOW, "expires_at": NOW + 900, "extra": None}
    for session_id in (None, '"5e55"'):
        for scopes in ("", "a b"):
            text = template.write(subject='"42"', scopes=scopes, session_id=session_id, **common).decode()
            found = template.recognise(text).groups()
            assert found == ("42", str(NOW), str(NOW + 900), "4f2a", session_id and "5e55", scopes or None)


@pytest.mark.parametrize(
    "change",
    [
        {"sub": 42},
        {"exp": "1"},
        {"exp": 1.5},
        {"exp": 10**20},
        {"iat": -1},
        {"jti": None},
        {"sid": ""},
        {"x": 1},
    ],
)
def test_other_payloads_are_not_recognised(change):
    """Another type, an escape, a number out of bounds or a further claim goes the strict way."""
    members = {"sub": "42", "iat": NOW, "exp": NOW + 900, "jti": "4f2a"}
    template = Template(issuer=None, audience=None)
    assert template.recognise(json.dumps(members, separators=(",", ":")))
    assert not template.recognise(json.dumps(members | change, separators=(",", ":")))
