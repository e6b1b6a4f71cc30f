"""Issuing: what a token says, what cannot be said, and that what was issued verifies."""

from __future__ import annotations

import json
import os
import re
import time
from enum import StrEnum
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.encoding import b64url_decode
from jwt_auth_core.errors import TokenInvalidError, UnavailableError
from jwt_auth_core.keys import KeyRing
from jwt_auth_core.tokens import AccessTokens, Claims, ids
from tests.keys.asymmetric import ForeignKey
from tests.tokens.forge import KEY, NOW, REGISTERED, RING

TOKENS = AccessTokens(RING, issuer="https://issuer.example", audience="api", ttl_seconds=900)


def parts(token):
    """Return header and payload as they are written."""
    return [b64url_decode(segment).decode() for segment in token.split(".")[:2]]


@pytest.fixture
def urandom(monkeypatch):
    """Return what replaces the system's random bytes for this test, ids drawn before and in it included."""

    def replace(function):
        ids.forget()
        monkeypatch.setattr(os, "urandom", function)

    yield replace
    ids.forget()


def test_what_a_token_looks_like(urandom):
    """Header and payload, character by character."""
    urandom(lambda size: bytes(place % 256 for place in range(size)))
    session = {
        "session_id": "5e55",
        "session_version": 3,
        "auth_time": 5,
        "amr": {"pwd", "otp"},
        "acr": "aal2",
    }
    token = TOKENS.issue(subject="42", scopes={"b", "a"}, **session, extra={"tenant": 7}, now=NOW)
    payload = (
        '{"iss":"https://issuer.example","aud":"api","sub":"42",'
        f'"iat":{NOW},"exp":{NOW + 900},"jti":"000102030405060708090a0b0c0d0e0f",'
        '"sid":"5e55","sver":3,"auth_time":5,"amr":["otp","pwd"],"acr":"aal2","scope":"a b","tenant":7}'
    )
    assert parts(token) == [f'{{"alg":"HS256","kid":"{KEY.key_id}","typ":"at+jwt"}}', payload]


@pytest.mark.parametrize("number", [None, 0, 7, 10**18])
def test_a_token_bears_the_users_number(number):
    """Where it is given; verified, it is the same."""
    token = TOKENS.issue(subject="42", session_version=number, now=NOW)
    assert TOKENS.verify(token, now=NOW).session_version == number


@pytest.mark.parametrize(
    ("number", "error"), [(-1, ValueError), (True, TypeError), ("1", TypeError), (1.0, TypeError)]
)
def test_a_number_is_a_count(number, error):
    """Nothing else gets into a token under that name."""
    with pytest.raises(error, match="session_version is"):
        TOKENS.issue(subject="42", session_version=number)


def test_each_token_has_its_own_times():
    """Whatever second the token before was of, and however long it lived."""
    quick, slow = AccessTokens(RING, ttl_seconds=5), AccessTokens(RING, ttl_seconds=9)
    for tokens, later in [(quick, 0), (quick, 0), (quick, 1), (slow, 1), (quick, 0), (quick, -NOW)]:
        now = NOW + later
        payload = json.loads(parts(tokens.issue(subject="42", now=now))[1])
        assert (payload["iat"], payload["exp"]) == (now, now + tokens.ttl_seconds)


def test_the_least_token():
    """Without options a token says subject, times and its own id."""
    header, payload = parts(AccessTokens(RING).issue(subject="42", now=NOW))
    assert set(json.loads(payload)) == {"sub", "iat", "exp", "jti"}
    assert json.loads(header)["typ"] == "at+jwt"


def test_token_ids_are_random():
    """Each token has an id of 128 random bits."""
    ids = {TOKENS.verify(TOKENS.issue(subject="42")).token_id for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch("[0-9a-f]{32}", token_id) for token_id in ids)


def test_a_token_id_can_be_given():
    """The caller's own token id is used."""
    assert TOKENS.verify(TOKENS.issue(subject="42", token_id='my "id"')).token_id == 'my "id"'


def test_the_clock_is_the_system_s_unless_another_is_given():
    """Without a clock the system's time counts; a clock or now comes first."""
    before = int(time.time())
    assert before <= TOKENS.verify(TOKENS.issue(subject="42")).issued_at <= time.time()
    held = AccessTokens(RING, clock=lambda: NOW)
    assert held.verify(held.issue(subject="42")).issued_at == NOW
    assert held.verify(held.issue(subject="42", now=NOW - 5)).issued_at == NOW - 5


def test_the_lifetime():
    """A token lives ttl_seconds."""
    tokens = AccessTokens(RING, ttl_seconds=1)
    assert tokens.ttl_seconds == 1
    assert tokens.verify(tokens.issue(subject="42", now=NOW), now=NOW).expires_at == NOW + 1


names = st.text(min_size=1, max_size=20)
words = st.text(alphabet=[chr(c) for c in range(0x21, 0x7F) if chr(c) not in '"\\'], min_size=1, max_size=12)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20) + 1, 10**20 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
)
json_values = st.recursive(
    leaves,
    lambda kids: st.lists(kids, max_size=3) | st.dictionaries(st.text(max_size=5), kids, max_size=3),
    max_leaves=8,
)
extras = st.dictionaries(
    st.text(max_size=8).filter(lambda name: name not in REGISTERED), json_values, max_size=4
)


def thawed(value):
    """Return read-only JSON as lists and dicts."""
    if isinstance(value, tuple):
        return [thawed(item) for item in value]
    if isinstance(value, MappingProxyType):
        return {name: thawed(member) for name, member in value.items()}
    return value


@given(names, st.frozensets(words, max_size=5), st.none() | names, extras)
def test_what_is_issued_is_verified(subject, scopes, session_id, extra):
    """Whatever can be issued comes back from verification as it was."""  # JWT-19
    token = TOKENS.issue(subject=subject, scopes=scopes, session_id=session_id, extra=extra, now=NOW)
    said = TOKENS.verify(token, now=NOW)
    assert (said.subject, said.scopes, said.session_id) == (subject, scopes, session_id)
    assert thawed(MappingProxyType(said.extra)) == extra
    assert isinstance(said, Claims)


@pytest.mark.parametrize("name", ["subject", "session_id", "token_id"])
@pytest.mark.parametrize("value", [0, 42, True, b"42", ["42"], ..., 1.5], ids=repr)
def test_ids_are_texts(name, value):
    """A number or octets for an id is a mistake of the caller, said at once, and of which."""
    with pytest.raises(TypeError, match=f"^{name} is a str$"):
        TOKENS.issue(**{"subject": "42", name: value})


def test_a_subject_is_not_none():
    """None is no subject."""
    with pytest.raises(TypeError, match="subject is a str"):
        TOKENS.issue(subject=None)


@pytest.mark.parametrize("name", ["subject", "session_id", "token_id"])
def test_ids_are_not_empty(name):
    """An empty id is refused."""  # JWT-14
    with pytest.raises(ValueError, match=f"^{name} is not empty$"):
        TOKENS.issue(**{"subject": "42", name: ""})


@pytest.mark.parametrize(
    "place",
    [{"subject": "\ud800"}, {"session_id": "\udfff"}, {"extra": {"x": "\ud800"}}, {"extra": {"\ud800": 1}}],
)
def test_lone_surrogates_are_not_issued(place):
    """What no verifier would read is not written, and the error does not hold it."""
    with pytest.raises(ValueError, match="a lone surrogate cannot be written") as caught:
        TOKENS.issue(**{"subject": "42"} | place)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("now", [1.5, "1800000000", True, 1.8e9], ids=repr)
def test_now_is_whole_seconds(now):
    """A time that is no int is refused."""
    with pytest.raises(TypeError, match="whole seconds"):
        TOKENS.issue(subject="42", now=now)


class Scope(StrEnum):
    """An application's scopes."""

    READ = "topics:read"


@pytest.mark.parametrize("kind", [set, frozenset, list, tuple, iter, dict.fromkeys])
def test_scopes_are_any_collection(kind):
    """Scopes may be in a set, a list or anything that gives texts, an enumeration's members too."""
    token = TOKENS.issue(subject="42", scopes=kind(["b", "a", "a", Scope.READ]))
    assert TOKENS.verify(token).scopes == {"a", "b", "topics:read"}


@pytest.mark.parametrize(
    "scopes", ["topics:read", Scope.READ, b"topics:read", ["a", 1], [None], [["a"]], 5, [b"a"]], ids=repr
)
def test_scopes_are_texts(scopes):
    """One text is not taken for a collection of letters; members are texts."""
    with pytest.raises(TypeError, match=r"^scopes is a collection of texts"):
        TOKENS.issue(subject="42", scopes=scopes)


@pytest.mark.parametrize(
    "scope", ["", " ", "a b", "a\t", 'a"b', "a\\b", "é", "\x7f", "\x00", "a\n", "\u00a0", "a, b"], ids=repr
)
def test_scopes_have_the_characters_of_the_standard(scope):
    """A scope with a space or another character outside RFC 6749 is refused, also among others."""
    for scopes in ({scope}, {scope, "fine"}, ["a", scope]):
        with pytest.raises(ValueError, match="scope"):
            TOKENS.issue(subject="42", scopes=scopes)


def test_a_token_that_would_be_refused_is_not_issued():
    """A token longer than verification accepts is refused when it is made."""  # JWT-01
    with pytest.raises(ValueError, match=r"the token has \d+ characters, at most 8192"):
        TOKENS.issue(subject="42", extra={"x": "a" * 6500})


def test_without_random_bytes_nothing_is_issued(urandom):
    """When the system has no random bytes the error says that this passes (F-29)."""
    urandom(lambda _size: (_ for _ in ()).throw(OSError("no entropy")))
    with pytest.raises(UnavailableError, match="random"):
        TOKENS.issue(subject="42")


def test_a_key_that_cannot_sign():
    """With a public key as the newest, tokens verify but cannot be issued."""
    public = ForeignKey("ES256", "public", can_sign=False)
    with pytest.raises(ValueError, match="cannot sign"):
        AccessTokens(KeyRing([public, KEY])).issue(subject="42")


def test_a_key_without_a_name():
    """The header of a nameless key has no kid."""
    tokens = AccessTokens(KeyRing([ForeignKey("ES256", None)]))
    token = tokens.issue(subject="42", now=NOW)
    assert parts(token)[0] == '{"alg":"ES256","typ":"at+jwt"}'
    assert tokens.verify(token, now=NOW).subject == "42"


@pytest.mark.parametrize(
    "config", [{"issuer": ""}, {"audience": ""}, {"ttl_seconds": 0}, {"ttl_seconds": -1}], ids=repr
)
def test_a_configuration_that_makes_no_sense(config):
    """Empty parties and no lifetime are refused at construction."""
    with pytest.raises(ValueError, match=r"empty|at least 1"):
        AccessTokens(RING, **config)


@pytest.mark.parametrize(
    "other",
    [{}, {"issuer": "https://other.example", "audience": "api"}, {"issuer": "https://issuer.example"}],
)
def test_a_token_is_for_its_parties(other):
    """What one configuration issues, another does not accept, though the key is the same."""  # JWT-12
    token = TOKENS.issue(subject="42", now=NOW)
    with pytest.raises(TokenInvalidError):
        AccessTokens(RING, **other).verify(token, now=NOW)


def test_a_token_may_be_a_clients_or_for_another_api():
    """The usual issuer stands beside them; who verifies for that API believes it, and we do not."""
    token = TOKENS.issue(subject="billing", client_id="billing", audience="https://b.example", now=NOW)
    there = AccessTokens(RING, issuer="https://issuer.example", audience="https://b.example")
    claims = there.verify(token, now=NOW)
    assert (claims.client_id, claims.issuer) == ("billing", "https://issuer.example")
    with pytest.raises(TokenInvalidError):
        TOKENS.verify(token, now=NOW)
    own = AccessTokens(RING, client_id="shop")
    assert own.verify(own.issue(subject="42", client_id="billing")).client_id == "billing"
    with pytest.raises(TokenInvalidError):
        own.verify(own.issue(subject="42", audience="api"))


@pytest.mark.parametrize(
    ("name", "value", "error"), [("client_id", "", ValueError), ("audience", 1, TypeError)]
)
def test_a_client_and_an_audience_are_texts(name, value, error):
    """Empty ones would be nobody's."""
    with pytest.raises(error, match=name):
        TOKENS.issue(subject="42", **{name: value})
