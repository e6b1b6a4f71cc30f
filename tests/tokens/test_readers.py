"""The fast readers say what the strict reader says, or nothing; each test runs with either of them."""

from __future__ import annotations

import json
import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.encoding import b64url_decode, b64url_octets
from jwt_auth_core.errors import TokenError, TokenInvalidError
from jwt_auth_core.tokens.authentication import authentication_text
from jwt_auth_core.tokens.msgspec import MsgspecReader
from jwt_auth_core.tokens.payload_patterns import PayloadPatterns
from jwt_auth_core.tokens.reader import fast_reader
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
        "times": st.tuples(
            st.integers(NOW - 5, NOW + 5), st.integers(NOW - 5, NOW + 90_000) | st.integers(-5, 10**21)
        ),
        "extra": st.none() | st.just({"x": "y"}),
        "session_version": st.none() | st.integers(0, 12) | st.integers(0, 10**21),
        "token_version": st.none() | st.integers(0, 12),
        "roles": st.sampled_from(["", '"a"', '"a","b"', '"a","a"']),
        "authentication": st.builds(
            authentication_text,
            st.none() | st.integers(0, NOW),
            st.lists(texts, max_size=3),
            st.none() | texts,
        ),
    }
)


class StrictRules(Rules):
    """Rules that know no shape, so that every payload is read by the strict reader."""

    __slots__ = ()

    def read(self, segment, *, now):
        """Read as if for the first time."""
        return self._read_strictly(b64url_decode(segment), now=now)


def outcome(rules, payload, now=NOW):
    """Return what the rules say of a payload: claims, or the kind of refusal."""
    try:
        return rules.read(b64url_octets(payload), now=now)
    except TokenError as error:
        return type(error)
    except ValueError:  # as `AccessTokens` answers it
        return TokenInvalidError


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


@pytest.mark.untraced
@pytest.mark.parametrize("parties", [PARTIES, {"issuer": None, "audience": None}], ids=["parties", "none"])
@settings(max_examples=300)
@given(made=payloads, client_id=st.none() | texts, seed=st.integers(0, 2**32))
def test_both_readers_agree(parties, made, client_id, seed):
    """Of what we write, and of edits of it, both say the same."""  # JWT-10, JWT-19
    source = random.Random(seed)  # noqa: S311 - the same in every run
    quick, strict = Rules(**parties, **LIMITS), StrictRules(**parties, **LIMITS)
    try:
        payload = b64url_decode(Template(**parties, client_id=client_id).write(**made))
    except ValueError:
        return
    for candidate in [payload, payload, *(edited(source, payload) for _ in range(20))]:
        found, expected = outcome(quick, candidate), outcome(strict, candidate)
        assert found == expected


MAY_BE_ABSENT = ["sid", "scope", "sver", "client_id", "auth_time", "amr", "acr", "tver", "roles"]
claims_in_any_order = st.permutations(["iss", "aud", "sub", "iat", "exp", "jti", *MAY_BE_ABSENT])


@given(
    order=claims_in_any_order,
    without=st.sets(st.sampled_from(MAY_BE_ABSENT)),
    seed=st.integers(0, 2**32),
)
def test_both_readers_agree_on_any_order(order, without, seed):
    """Another issuer's order of claims is read fast, too, at the latest when it is known."""  # JWT-10
    source = random.Random(seed)  # noqa: S311 - the same in every run
    members = {
        "iss": "i",
        "aud": "a",
        "sub": "42",
        "iat": NOW,
        "exp": NOW + 900,
        "jti": "4f2a",
        "sid": "5e",
        "scope": "x y",
        "sver": 7,
        "client_id": "shop",
        "auth_time": NOW - 5,
        "amr": ["pwd", "otp"],
        "acr": "aal2",
        "tver": 3,
        "roles": ["editor", "author"],
    }
    payload = json.dumps(
        {name: members[name] for name in order if name not in without}, separators=(",", ":")
    ).encode()
    quick, strict = (kind(issuer="i", audience="a", **LIMITS) for kind in (Rules, StrictRules))
    assert outcome(quick, payload) == outcome(strict, payload)
    said = quick._read_fast(b64url_octets(payload))
    assert (said.subject, said.issued_at, said.expires_at) == ("42", NOW, NOW + 900)
    for candidate in [payload, *(edited(source, payload) for _ in range(20))]:
        found, expected = outcome(quick, candidate), outcome(strict, candidate)
        assert found == expected


def test_msgspec_reads_where_it_is_installed():
    """The fastest reader that can be had is taken."""
    assert isinstance(fast_reader(issuer=None, audience=None), MsgspecReader)


def test_patterns_read_where_it_is_not(monkeypatch):
    """Nobody needs msgspec."""  # SUP-1
    monkeypatch.setitem(sys.modules, "jwt_auth_core.tokens.msgspec", None)
    assert isinstance(fast_reader(issuer=None, audience=None), PayloadPatterns)


SPECIAL = [
    '{"sub":"42","iat":1,"exp":2,"jti":"a","jti":"b"}',
    '{"sub":"42","iat":1,"exp":3,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","sid":""}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","scope":""}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","iss":""}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","aud":""}',
    '{"sub":"","iat":1,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":1,"exp":2,"jti":""}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","sid":null}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","client_id":"shop"}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","client_id":""}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","client_id":null}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","client_id":7}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","client_id":"a","client_id":"b"}',
    *(
        '{"sub":"42","iat":1,"exp":2,"jti":"a",' + members + "}"
        for members in (
            '"auth_time":0',
            '"auth_time":-1',
            '"auth_time":1.5',
            '"auth_time":true',
            '"auth_time":"1"',
            '"auth_time":100000000000000000000',
            '"auth_time":1,"auth_time":2',
            '"amr":[]',
            '"amr":["pwd"]',
            '"amr":["pwd","pwd"]',
            '"amr":["pwd",""]',
            '"amr":["pwd",7]',
            '"amr":"pwd"',
            '"amr":[["pwd"]]',
            '"amr":["pwd"],"amr":["otp"]',
            '"amr":["pwd"],"amr":["pwd"]',
            '"amr":["p\\u0077d"]',
            '"acr":"aal1"',
            '"acr":""',
            '"acr":1',
            '"acr":"a","acr":"b"',
        )
    ),
    '{"sub":"4\\u0032","iat":1,"exp":2,"jti":"a"}',
    '{"sub":"\\"","iat":1,"exp":2,"jti":"a","jti":"b"}',
    '{"sub":"\\ud800","iat":1,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":1.0,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":1e0,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":-0,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":-5,"exp":-2,"jti":"a"}',
    '{"sub":"42","iat":-1,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":100000000000000000000,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":1,"exp":99999999999999999999,"jti":"a"}',
    '{"sub":"42","iat":1,"exp":-100000000000000000000,"jti":"a"}',
    '{"sub":"42","iat":01,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":true,"exp":2,"jti":"a"}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","nbf":5}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a","aud":["b"]}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a",}',
    '{"sub":"42","iat":1,"exp":2,"jti":"a"} ',
    '{"sub":"42","iat":1,"exp":2,"jti":"a"}\f',
    '{"sub":"42","iat":1,"exp":2,"jti":"a"}{}',
    '\ufeff{"sub":"42","iat":1,"exp":2,"jti":"a"}',
    '{"sub":"é\x7f","iat":1,"exp":2,"jti":"a"}',
    '{"sub":"a\tb","iat":1,"exp":2,"jti":"a"}',
]


@pytest.mark.parametrize("text", SPECIAL)
@pytest.mark.parametrize("parties", [{"issuer": None, "audience": None}, {"issuer": "i", "audience": "a"}])
def test_both_readers_agree_on_special_spellings(parties, text):
    """A name twice, an empty text, an escape, a fraction, a long number: both say the same."""  # JWT-10
    for payload in (text, text.replace("{", '{"iss":"i","aud":"a",', 1)):
        for now in (1, 2):
            found = [
                outcome(kind(**parties, **LIMITS), payload.encode(), now) for kind in (Rules, StrictRules)
            ]
            assert found[0] == found[1]
