"""What the verifier refuses of our own tokens it refuses of everybody's: its suite, on every profile.

The lists are those of ``tests/tokens``. A profile says where claims stand; none of this is its to loosen.
"""

from __future__ import annotations

import random
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jwt_auth_core.errors import TokenError, TokenExpiredError, TokenInvalidError
from jwt_auth_core.tokens.profile_rules import ProfileRules
from tests.providers.signed import NOW
from tests.tokens import wrong
from tests.tokens.mutations import edited
from tests.tokens.test_silence import frames


def test_no_other_algorithm_is_accepted(forge):
    """Whatever alg says, the key's own algorithm is the only one, with a kid and without."""  # JWT-04
    others = [v for v in wrong.ALGORITHMS if v != forge.header["alg"]]
    headers = [forge.header | {"alg": value} for value in others]
    headers += [{n: v for n, v in header.items() if n != "kid"} for header in headers]
    headers += [{name: value for name, value in forge.header.items() if name != "alg"}]
    assert forge.believed((h, forge.forged(header=h)) for h in headers) == []


def test_extensions_are_refused(forge):
    """Each header that changes the meaning of the rest is refused, whatever its value."""  # JWT-08
    for name in wrong.EXTENSIONS:
        for value in wrong.EXTENSION_VALUES:
            errors = forge.refusals(forge.forged(header=forge.header | {name: value}))
            assert all("extension" in error.reason for error in errors)


def test_no_other_type_is_accepted(forge):
    """A type that is not the profile's makes a token another kind of token."""  # JWT-13
    ours = {kind for kind in forge.profile.types if kind}
    kinds = [k for k in wrong.TYPES if not (isinstance(k, str) and k.lower() in ours)]
    kinds += ["at+jwt", "application/at+jwt"] if "at+jwt" not in ours else []
    assert forge.believed((k, forge.forged(header=forge.header | {"typ": k})) for k in kinds) == []


def test_a_type_is_in_any_case_and_with_its_prefix(forge):
    """Each type of the profile is good in capitals, and with ``application/``."""  # JWT-13
    for kind in forge.profile.types - {None}:
        for spelt in (kind, kind.upper(), "Application/" + kind):
            assert forge.verify(forge.forged(header=forge.header | {"typ": spelt}))


def test_kid_is_one_exact_text(forge):
    """Another kid is refused, although the signature is right."""  # JWT-09, JWT-18
    headers = [forge.header | {"kid": kid} for kid in wrong.key_ids("k1")]
    assert forge.believed((h["kid"], forge.forged(header=h)) for h in headers if h["kid"] != "k1") == []


def test_no_key_comes_from_the_header(forge):
    """A key that is carried or pointed to is never used; a token of ours may have it."""  # JWT-09
    carried = {
        "jku": "https://x.example/jwks",
        "x5u": "file:///etc/passwd",
        "x5c": ["AA"],
        "jwk": {"kty": "oct"},
    }
    assert forge.verify(forge.forged(header=forge.header | carried))
    other = type(forge.key)(forge.key.algorithm, "x")
    errors = forge.refusals(forge.forged(header=forge.header | carried, key=other))
    assert {error.reason for error in errors} == {"its signature is not by a known key"}


def test_the_header_is_one_strict_object(forge):
    """Another encoding, a name twice, NaN, depth or a second value is refused."""  # JWT-10
    headers = wrong.headers(forge.header)
    assert forge.believed((header, forge.forged(header=header)) for header in headers) == []


@pytest.mark.parametrize("thing", wrong.THINGS, ids=lambda thing: type(thing).__name__)
def test_anything_is_refused_by_our_own_error(forge, thing):
    """Any object at all is an invalid token, never another exception."""  # JWT-15
    forge.refusals(thing)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(header=st.binary(max_size=40), payload=st.binary(max_size=40))
def test_any_signed_octets_are_refused(forge, header, payload):
    """Random octets are invalid as a header, and as a payload, even with a right signature."""  # JWT-15
    assert forge.believed((p, forge.forged(**p)) for p in ({"payload": payload}, {"header": header})) == []


def test_deep_json_is_refused(forge):
    """JSON of any depth is refused without an exhausted stack."""  # JWT-15
    octets = (b"[" * 6000, b'{"a":' * 1200)
    tokens = [(one[:9], forge.forged(one)) for one in octets]
    assert forge.believed([*tokens, *((one[:9], forge.forged(header=one)) for one in octets)]) == []


def test_a_long_token_is_refused_without_work(forge):
    """A megabyte is refused without 64 KiB of memory, hence without a look at it."""  # JWT-01
    tracemalloc.start()
    try:
        with pytest.raises(TokenInvalidError, match="longer than 8192 characters"):
            forge.warm.verify("a" * 1_000_000, now=NOW)
        assert tracemalloc.get_traced_memory()[1] < 1_065_536
    finally:
        tracemalloc.stop()


def test_a_foreign_character_is_refused_anywhere(forge):
    """One foreign character, put anywhere into a valid token, makes it invalid."""  # JWT-01, JWT-03
    token, places = forge.forged(), (0, 5, 100, -44, -43, -20, 10**4)
    tokens = [(c, token[:place] + c + token[place:]) for c in wrong.FOREIGN_CHARACTERS for place in places]
    tokens += [(name, one.encode("utf-8", "surrogatepass")) for name, one in tokens]
    assert forge.believed(tokens) == []


@pytest.mark.parametrize(
    "changes", [{"exp": NOW - 1}, {"iss": 7}, {"iat": "x"}, {"x": float("nan")}], ids=repr
)
def test_errors_are_silent(forge, changes):
    """No error, nor a frame of its traceback, shows token, claims or key."""  # JWT-16
    private = "f0e1d2c3-private-subject"
    token = forge.forged(forge.changed(**{forge.profile.subject: private}, **changes))
    for given_token in (token, token.encode(), token[:-1], token[:60] + "!" + token[60:], "x" + token):
        for error in forge.refusals(given_token, error=TokenError):
            found = frames(error)
            assert error.__context__ is error.__cause__ is None
            assert not any(part in found for part in (private, token[:30], *token.split(".")))


def test_no_payload_is_parsed_before_its_signature(forge, monkeypatch):
    """With a wrong signature the payload is neither decoded nor read."""  # JWT-02
    looked = []
    monkeypatch.setattr(ProfileRules, "read", lambda *_args, **_kwargs: looked.append("read"))
    message, _, signature = forge.forged().rpartition(".")
    for ending in ("", "A" * 43, signature[:-1], signature + "A", signature.swapcase()):
        assert "signature" in forge.refusals(f"{message}.{ending}")[0].reason
    assert looked == []


def test_edited_tokens_are_refused(forge):
    """Of 300 random edits of a really signed token none is accepted."""  # JWT-19
    source, tokens = random.Random(3), forge.vector.tokens()  # noqa: S311 - the same in every run
    originals = [forge.vector.token(), forge.vector.token(x=[{"y": "z"}])]
    found = []
    for _ in range(300):
        token = edited(source, source.choice(originals), originals)
        try:
            found += [token] if token not in originals and tokens.verify(token, now=NOW) else []
        except TokenInvalidError:
            continue
    assert found == []


def test_the_same_claims_come_back_until_they_expire(forge):
    """The second look at a token gives the very object of the first; expiry is checked at each."""
    tokens, token = forge.tokens(), forge.forged(forge.changed(exp=NOW + 60))
    first = tokens.verify(token, now=NOW)
    assert tokens.verify(token.encode(), now=NOW + 59) is first
    with pytest.raises(TokenExpiredError):
        tokens.verify(token, now=NOW + 60)


def test_refused_tokens_are_not_remembered(forge):
    """Forged, expired and misdirected tokens leave no trace."""
    tokens, audience = forge.tokens(), forge.profile.audience
    changes = [{"exp": NOW}, {audience: "x"}, {"iss": "https://x.example"}, {forge.profile.subject: ""}]
    for token in [*(forge.forged(forge.changed(**one)) for one in changes), forge.forged(b"[]"), "a.b.c"]:
        with pytest.raises(TokenError):
            tokens.verify(token, now=NOW)
    assert not tokens.stats().tokens


def test_a_token_does_not_outlive_its_key(forge):
    """New keys verify at once; what is signed by a key that was taken away stops at once."""  # JWT-18
    key = type(forge.key)
    tokens, new, ring = forge.tokens(), key(forge.key.algorithm, "k2"), type(forge.ring)
    old_token, new_token = forge.forged(), forge.forged(header=forge.header | {"kid": "k2"}, key=new)
    assert tokens.verify(old_token, now=NOW)
    tokens.replace_keys(ring([new, forge.key]))
    assert tokens.verify(old_token, now=NOW) == tokens.verify(new_token, now=NOW)
    tokens.replace_keys(ring([new]))
    assert tokens.verify(new_token, now=NOW)
    with pytest.raises(TokenInvalidError, match="no known key"):
        tokens.verify(old_token, now=NOW)


def test_nobody_can_change_the_claims(forge):
    """What is remembered is read-only at every depth."""
    extra = {"list": ["a", {"b": [1]}], "object": {"id": 7}}
    said = forge.verify(forge.forged(forge.changed(**extra)))
    assert said.extra["list"] == ("a", {"b": (1,)})
    for mapping in (said.extra, said.extra["object"], said.extra["list"][1]):
        with pytest.raises(TypeError):
            mapping["x"] = 1
