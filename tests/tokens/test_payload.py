"""The payload: one strict JSON object, and each claim of its type, value and time."""

from __future__ import annotations

import json

import pytest

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import TokenExpiredError, TokenInvalidError
from jwt_auth_core.tokens import Claims, Limits
from tests.tokens.forge import CLAIMS, HEADER, NOW, claims, forged, sealed
from tests.tokens.wrong import (
    NO_NUMBERS,
    NO_TEXTS,
    NOT_FINITE,
    SCOPES,
    SEGMENTS,
    STRICT_JSON,
    TOO_DEEP,
    document,
)


def with_extra(value):
    """Return the octets of valid claims and one more with this value, verbatim."""
    return json.dumps(CLAIMS).encode()[:-1] + b',"extra":' + value + b"}"


@pytest.mark.parametrize("vector", STRICT_JSON, ids=lambda vector: vector["name"])
def test_strict_json_inside_a_claim(verify, vector):
    """A value that is strict JSON is a claim; any other makes the token invalid."""  # JWT-10
    token = forged(with_extra(document(vector)))
    if vector["accepted"] and vector["name"] not in TOO_DEEP:
        assert "extra" in verify(token).extra
    else:
        with pytest.raises(TokenInvalidError):
            verify(token)


@pytest.mark.parametrize("vector", STRICT_JSON, ids=lambda vector: vector["name"])
def test_other_json_is_no_payload(verify, vector):
    """Nothing but an object with the claims is a payload, however well formed."""  # JWT-10
    with pytest.raises(TokenInvalidError):
        verify(forged(document(vector)))


@pytest.mark.parametrize("name", [*CLAIMS, "scope", "sid", "x"])
def test_a_name_twice_is_refused(verify, name):
    """Two members of one name are refused: as they are, escaped, apart, with one value."""  # JWT-10
    whole = json.dumps(claims(scope="a", sid="s", x=1)).encode()
    value = json.dumps(claims(scope="a", sid="s", x=1)[name]).encode()
    escaped = b"\\u00%02x" % ord(name[0]) + name[1:].encode()
    for again in (name.encode(), escaped):
        member = b'"' + again + b'":' + value
        for payload in (whole[:-1] + b"," + member + b"}", b"{" + member + b"," + whole[1:]):
            with pytest.raises(TokenInvalidError):
                verify(forged(payload))


def test_json_may_be_written_in_any_way(verify):
    """White space, escapes and another order change nothing."""
    spaced = json.dumps(claims(scope="a b"), indent=2).encode() + b"\n"
    escaped = json.dumps(claims(scope="a b")).encode().replace(b'"42"', b'"\\u0034\\u0032"')
    turned = json.dumps(dict(reversed(claims(scope="a b").items()))).encode()
    said = [verify(forged(payload)) for payload in (spaced, escaped, turned)]
    assert said == [verify(forged(claims(scope="a b")))] * 3


@pytest.mark.parametrize("change", SEGMENTS.values(), ids=SEGMENTS)
def test_the_payload_is_canonical_base64url(verify, change):
    """A signed payload segment in any other spelling is refused."""  # JWT-03
    header, payload = b64url_encode(json.dumps(HEADER).encode()), b64url_encode(json.dumps(CLAIMS).encode())
    assert verify(sealed(header, payload)).subject == "42"
    with pytest.raises(TokenInvalidError):
        verify(sealed(header, change(payload)))


def test_unused_bits_are_zero(verify):
    """A signed payload whose last character has bits to spare must leave them zero."""  # JWT-03
    payload = b64url_encode(json.dumps(claims(sub="4")).encode().ljust(91))
    assert len(payload) % 4 == 2
    header = b64url_encode(json.dumps(HEADER).encode())
    assert verify(sealed(header, payload)).subject == "4"
    with pytest.raises(TokenInvalidError, match="base64url"):
        verify(sealed(header, payload[:-1] + chr(ord(payload[-1]) + 1)))


@pytest.mark.parametrize("name", ["sub", "jti"])
@pytest.mark.parametrize("value", NO_TEXTS, ids=repr)
def test_subject_and_token_id_are_texts(verify, name, value):
    """Subject and token id are texts that are not empty; which of them is not is said."""  # JWT-14
    with pytest.raises(TokenInvalidError, match=f"its {name} is no text, or empty"):
        verify(forged(claims(**{name: value})))


@pytest.mark.parametrize("name", ["sub", "jti", "iat", "exp"])
def test_what_is_required(verify, name):
    """Subject, token id, issue and expiry cannot be left out (RFC 9068 section 2.2)."""  # JWT-11, JWT-14
    with pytest.raises(TokenInvalidError):
        verify(forged(claims(name)))


@pytest.mark.parametrize("value", ["", None, 0, True, [], ["s"], {}], ids=repr)
def test_a_session_id_is_a_text(verify, value):
    """The session id may be left out; if it is there it is a text."""
    assert verify(forged()).session_id is None
    assert verify(forged(claims(sid="5e55"))).session_id == "5e55"
    with pytest.raises(TokenInvalidError, match="its sid is no text, or empty"):
        verify(forged(claims(sid=value)))


@pytest.mark.parametrize("value", ["", "3", -1, 0.5, True, [], {}], ids=repr)
def test_a_session_version_is_a_count(verify, value):
    """The session version may be left out; if it is there it is a whole number, zero or more."""
    assert verify(forged(claims(sver=0))).session_version == 0
    with pytest.raises(TokenInvalidError, match="sver must be a count"):
        verify(forged(claims(sver=value)))


@pytest.mark.parametrize("value", SCOPES, ids=repr)
def test_scopes_are_words_between_single_spaces(verify, value):
    """The scope claim is RFC 6749's list; anything else is refused, a JSON array too."""
    with pytest.raises(TokenInvalidError):
        verify(forged(claims(scope=value)))


def test_scopes_are_a_set(verify):
    """Scopes arrive as a set; none, and an empty text, is the empty set."""
    assert verify(forged(claims(scope=""))).scopes == frozenset()
    assert verify(forged(claims(scope="topics:read x !#[]~ x"))).scopes == {"topics:read", "x", "!#[]~"}
    assert verify(forged()).scopes == frozenset()


@pytest.mark.parametrize("name", ["iat", "exp", "nbf"])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_times_are_numbers(verify, name, value):
    """Texts, booleans and numbers beyond every calendar are no times; the claim is named."""  # JWT-11
    with pytest.raises(TokenInvalidError, match=f"its {name} is no number of seconds|strict JSON"):
        verify(forged(claims(nbf=NOW) | {name: value}))


@pytest.mark.parametrize("number", NOT_FINITE)
@pytest.mark.parametrize("name", [b"iat", b"exp", b"nbf"])
def test_times_are_finite(verify, name, number):
    """NaN, infinities and what is no JSON number are refused."""  # JWT-10, JWT-11
    payload = json.dumps(claims(name.decode())).encode()[:-1] + b',"' + name + b'":' + number + b"}"
    with pytest.raises(TokenInvalidError):
        verify(forged(payload))


@pytest.mark.parametrize("expires_at", [NOW, NOW - 1, NOW - 900, 0, -1, NOW - 0.5, float(NOW)])
def test_expired_is_expired(verify, expires_at):
    """From the second of exp on a token is expired, and the error says since when."""  # JWT-11
    with pytest.raises(TokenExpiredError) as caught:
        verify(forged(claims(iat=min(NOW, expires_at) - 900, exp=expires_at)))
    assert str(caught.value) == "Access token expired"
    assert caught.value.expired_at == -(-expires_at // 1)


def test_the_last_second(verify):
    """A token is good until the second before exp; fractions are rounded up."""  # JWT-11
    assert verify(forged(), now=NOW + 899).expires_at == NOW + 900
    with pytest.raises(TokenExpiredError):
        verify(forged(), now=NOW + 900)
    said = verify(forged(claims(iat=NOW - 0.5, exp=NOW + 0.5)))
    assert (said.issued_at, said.expires_at) == (NOW, NOW + 1)


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_a_clock_that_is_ahead_has_a_minute(verify, name):
    """Issue and beginning may be 60 seconds ahead of our clock, not more."""  # JWT-11
    assert verify(forged(claims(**{name: NOW + 60}))).subject == "42"
    for later in (NOW + 61, NOW + 60.5, NOW + 10_000):
        with pytest.raises(TokenInvalidError, match="from the future"):
            verify(forged(claims(**{name: later}, exp=NOW + 20_000)))


def test_the_leeway_can_be_taken_away(verify):
    """With a leeway of 0 no second is ahead; expiry never has any."""  # JWT-11
    limits = Limits(leeway_seconds=0)
    assert verify(forged(), limits=limits).subject == "42"
    with pytest.raises(TokenInvalidError, match="from the future"):
        verify(forged(claims(iat=NOW + 1)), limits=limits)


def test_a_beginning_in_the_past_is_no_matter(verify):
    """A token that was not yet good is, once nbf has come."""  # JWT-11
    token = forged(claims(nbf=NOW + 500))
    assert verify(token, now=NOW + 500).subject == "42"
    with pytest.raises(TokenInvalidError, match="from the future"):
        verify(token, now=NOW + 439)


def test_a_life_is_bounded(verify):
    """From iat to exp are 24 hours at most, or as long as we issue ourselves, or as configured."""  # JWT-11
    day, longer = forged(claims(exp=NOW + 86_400)), forged(claims(exp=NOW + 86_401))
    assert verify(day).expires_at == NOW + 86_400
    assert verify(longer, ttl_seconds=86_401).expires_at == NOW + 86_401
    with pytest.raises(TokenInvalidError, match="lifetime"):
        verify(longer)
    with pytest.raises(TokenInvalidError, match="lifetime"):
        verify(day, ttl_seconds=60, limits=Limits(lifetime_seconds=60))


@pytest.mark.parametrize("moment", [2**31 - 1, 2**31, 2**32, 253_402_300_800, 2**53])
def test_no_calendar_ends(verify, moment):
    """2038, the year 10000 and beyond are times like any other."""  # JWT-11
    token = forged(claims(iat=moment, exp=moment + 900))
    assert verify(token, now=moment).issued_at == moment


def test_each_claim_has_its_field(verify):
    """The claims with a meaning have fields; the rest is extra."""
    said = verify(forged(claims(sid="5e55", scope="a b", email="a@b.example")))
    assert said == Claims("42", frozenset("ab"), "5e55", "4f2a", NOW, NOW + 900, {"email": "a@b.example"})
    assert hash(said) == hash(verify(forged(claims(sid="5e55", scope="a b", email="other"))))
    assert "a@b.example" not in repr(said)


def test_extra_claims_are_read_only(verify):
    """Extra claims cannot be changed at any depth, so nobody changes them for the next one."""
    extra = {"roles": ["a", {"b": [1]}], "org": {"id": 7, "tags": []}, "ok": True, "none": None, "ratio": 0.5}
    said = verify(forged(CLAIMS | extra)).extra
    assert said == {
        "roles": ("a", {"b": (1,)}),
        "org": {"id": 7, "tags": ()},
        "ok": True,
        "none": None,
        "ratio": 0.5,
    }
    for mapping in (said, said["org"], said["roles"][1]):
        with pytest.raises(TypeError):
            mapping["x"] = 1
    assert not hasattr(said["roles"], "append")


def test_claims_are_read_only(verify):
    """The claims themselves cannot be changed, and have no place for more."""
    said = verify(forged())
    for name in ("subject", "scopes", "extra"):
        with pytest.raises(AttributeError):
            setattr(said, name, "other")
    with pytest.raises((AttributeError, TypeError)):
        said.admin = True
