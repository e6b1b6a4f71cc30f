"""Payloads of a learned shape are read as the strict reader reads them, or not at all."""

from __future__ import annotations

import itertools
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwt_auth_core.errors import TokenError
from jwt_auth_core.tokens.rules import Rules
from jwt_auth_core.tokens.shapes import Shapes
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
    """Rules that know no shape, so that every payload is read by the strict reader."""

    __slots__ = ()

    def read(self, payload, *, now):
        """Read as if for the first time."""
        return self._read_strictly(payload, now=now)


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
    for candidate in [payload, payload, *(edited(source, payload) for _ in range(20))]:
        found, expected = outcome(quick, candidate), outcome(strict, candidate)
        assert found == expected or {found, expected} <= {ValueError, UnicodeDecodeError}


claims_in_any_order = st.permutations(["iss", "aud", "sub", "iat", "exp", "jti", "sid", "scope"])


@settings(deadline=None)
@given(
    order=claims_in_any_order, without=st.sets(st.sampled_from(["sid", "scope"])), seed=st.integers(0, 2**32)
)
def test_both_readers_agree_on_any_order(order, without, seed):
    """Another issuer's order of claims is learned, and then read as the strict reader does."""  # JWT-10
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
    }
    payload = json.dumps(
        {name: members[name] for name in order if name not in without}, separators=(",", ":")
    ).encode()
    quick, strict = (kind(issuer="i", audience="a", **LIMITS) for kind in (Rules, StrictRules))
    assert quick._shapes.read(payload.decode()) is None
    assert outcome(quick, payload) == outcome(strict, payload)
    assert quick._shapes.read(payload.decode())[:3] == ("42", str(NOW), str(NOW + 900))
    for candidate in [payload, *(edited(source, payload) for _ in range(20))]:
        found, expected = outcome(quick, candidate), outcome(strict, candidate)
        assert found == expected or {found, expected} <= {ValueError, UnicodeDecodeError}


MEMBERS = {"sub": "42", "iat": NOW, "exp": NOW + 900, "jti": "4f2a"}


def compact(members):
    """Return members as issuers write them."""
    return json.dumps(members, separators=(",", ":"))


@pytest.fixture
def shapes():
    """Return shapes that know the least payload."""
    made = Shapes(issuer=None, audience=None)
    made.learn(tuple(MEMBERS))
    return made


def test_a_learned_shape_is_read(shapes):
    """The texts of a learned shape come back in one order, None where there is no such claim."""
    assert shapes.read(compact(MEMBERS)) == ("42", str(NOW), str(NOW + 900), "4f2a", None, None)
    turned = {"scope": "a b", "iss": "anyone", **dict(reversed(MEMBERS.items()))}
    shapes.learn(tuple(turned))
    assert shapes.read(compact(turned)) == ("42", str(NOW), str(NOW + 900), "4f2a", None, "a b")


@pytest.mark.parametrize(
    "text",
    [
        *(compact(MEMBERS | change) for change in ({"sub": 42}, {"exp": "1"}, {"exp": 1.5}, {"exp": 10**20})),
        *(
            compact(MEMBERS | change)
            for change in ({"iat": -1}, {"iat": 0}, {"jti": None}, {"sub": ""}, {"x": 1})
        ),
        *(compact(MEMBERS | {"sub": subject}) for subject in ('a"b', "a\\b", "é", "\x7f", "\n")),
        *(
            json.dumps(MEMBERS),
            compact(MEMBERS) + " ",
            compact(MEMBERS) + "\0",
            compact(MEMBERS) + "\n",
            "{}",
            "",
        ),
        *(
            compact(MEMBERS)[:-1] + ',"sub":"43"}',
            compact(MEMBERS).replace(":18", ":018"),
            compact([MEMBERS]),
        ),
    ],
)
def test_other_texts_have_no_learned_shape(shapes, text):
    """Another type, an escape, white space, a number out of bounds, a further claim: not known."""
    assert shapes.read(text) is None


def test_a_shape_holds_the_expected_parties():
    """Issuer and audience are part of the shape, to the letter."""  # JWT-12
    shapes = Shapes(issuer="https://i.example", audience="a(b)*")
    named = {"iss": "https://i.example", "aud": "a(b)*", **MEMBERS}
    shapes.learn(tuple(named))
    assert shapes.read(compact(named))
    for other in (
        {"iss": "https://i-example"},
        {"aud": "ab"},
        {"aud": "a(b)"},
        {"iss": ""},
        {"aud": ["a(b)*"]},
    ):
        assert shapes.read(compact(named | other)) is None


def test_few_shapes_are_learned(shapes):
    """Eight orders are learned, each once; none with claims that have no meaning here."""
    shapes.learn(tuple(MEMBERS))
    shapes.learn((*MEMBERS, "tenant"))
    shapes.learn((*MEMBERS, "nbf"))
    assert len(shapes._known) == 1
    for order in itertools.permutations(MEMBERS):
        shapes.learn(order)
    assert len(shapes._known) == 8


def test_refused_payloads_are_not_learned():
    """An expired token's order of claims is forgotten."""
    rules = Rules(issuer=None, audience=None, **LIMITS)
    with pytest.raises(TokenError):
        rules.read(compact(MEMBERS | {"exp": NOW}).encode(), now=NOW)
    assert rules._shapes._known == ()
