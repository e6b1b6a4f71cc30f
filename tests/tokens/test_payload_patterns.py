"""Payload patterns: an order of claims is learned from an accepted payload, and then read by its pattern."""

from __future__ import annotations

import itertools
import json

import pytest

from jwt_auth_core.encoding import b64url_octets
from jwt_auth_core.errors import TokenError
from jwt_auth_core.tokens.payload_patterns import PayloadPatterns
from jwt_auth_core.tokens.rules import Rules
from tests.tokens.forge import NOW

LIMITS = {"max_lifetime_seconds": 86_400, "leeway_seconds": 60}
LEAST = ("42", NOW, NOW + 900, "4f2a")
UNSAID = (None, frozenset(), None, None, frozenset())
MEMBERS = {"sub": "42", "iat": NOW, "exp": NOW + 900, "jti": "4f2a"}


def compact(members):
    """Return members as issuers write them."""
    return json.dumps(members, separators=(",", ":"))


def said(reader, text):
    """Return what a reader says of a payload."""
    return reader.read(b64url_octets(text.encode()))


@pytest.fixture
def patterns():
    """Return patterns that know the least payload."""
    made = PayloadPatterns(issuer=None, audience=None)
    made.learn(tuple(MEMBERS))
    return made


def test_a_learned_shape_is_read(patterns):
    """The texts of a learned shape come back in one order, None where there is no such claim."""
    assert said(patterns, compact(MEMBERS)) == (*LEAST, None, None, None, None, *UNSAID)
    turned = {
        "scope": "a b",
        "iss": "anyone",
        "sver": 7,
        "client_id": "shop",
        "amr": ["otp", "pwd"],
        "auth_time": NOW - 5,
        "acr": "aal2",
        "tver": 2,
        "roles": ["a", "b"],
        **dict(reversed(MEMBERS.items())),
    }
    patterns.learn(tuple(turned))
    proof = (NOW - 5, {"otp", "pwd"}, "aal2")
    assert said(patterns, compact(turned)) == (*LEAST, None, "a b", 7, "shop", *proof, 2, frozenset("ab"))


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
def test_other_texts_have_no_learned_shape(patterns, text):
    """Another type, an escape, white space, a number out of bounds, a further claim: not known."""
    assert said(patterns, text) is None


def test_a_shape_holds_the_expected_parties():
    """Issuer and audience are part of the shape, to the letter."""  # JWT-12
    patterns = PayloadPatterns(issuer="https://i.example", audience="a(b)*")
    named = {"iss": "https://i.example", "aud": "a(b)*", **MEMBERS}
    patterns.learn(tuple(named))
    assert said(patterns, compact(named))
    for other in (
        {"iss": "https://i-example"},
        {"aud": "ab"},
        {"aud": "a(b)"},
        {"iss": ""},
        {"aud": ["a(b)*"]},
    ):
        assert said(patterns, compact(named | other)) is None


def test_few_shapes_are_learned(patterns):
    """Eight orders are learned, each once; none with claims that have no meaning here."""
    patterns.learn(tuple(MEMBERS))
    patterns.learn((*MEMBERS, "tenant"))
    patterns.learn((*MEMBERS, "nbf"))
    assert len(patterns._known) == 1
    for order in itertools.permutations(MEMBERS):
        patterns.learn(order)
    assert len(patterns._known) == 8


def test_refused_payloads_are_not_learned(monkeypatch):
    """An expired token's order of claims is forgotten."""
    monkeypatch.setattr("jwt_auth_core.tokens.rules.fast_reader", PayloadPatterns)
    rules = Rules(issuer=None, audience=None, **LIMITS)
    with pytest.raises(TokenError):
        rules.read(b64url_octets(compact(MEMBERS | {"exp": NOW}).encode()), now=NOW)
    assert rules._read_fast.__self__._known == ()
