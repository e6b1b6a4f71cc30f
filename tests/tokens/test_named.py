"""Who acts for a subject (RFC 8693 section 4.1), and whom a token is for."""

import json

import pytest

from jwt_auth_core.encoding import b64url_decode, b64url_encode
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.actors import MOST_ACTORS, actors_of, actors_text
from jwt_auth_core.tokens.audience import audience_of
from jwt_auth_core.tokens.claims import NOTHING

KEYS = KeyRing.from_secret("k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g")
NOW = 1_800_000_000
TOKENS = AccessTokens(KEYS, audience="api", clock=lambda: NOW)


def payload(token):
    """Return the payload of a token."""
    return json.loads(b64url_decode(token.split(".")[1]))


def test_actors_are_nested_the_latest_outside():
    """As RFC 8693 has it; the verifier reads them back."""
    token = TOKENS.issue(subject="42", actors=["b", "a"])
    assert payload(token)["act"] == {"sub": "b", "act": {"sub": "a"}}
    claims = TOKENS.verify(token)
    assert (claims.actor, actors_of(claims.extra)) == ("b", ("b", "a"))


def test_mostly_nobody_acts():
    """Then a token says nothing of it."""
    token = TOKENS.issue(subject="42")
    assert "act" not in payload(token)
    assert (TOKENS.verify(token).actor, actors_of(NOTHING), actors_text(())) == (None, (), "")


@pytest.mark.parametrize("act", ["a", {}, {"sub": ""}, {"sub": 7}, {"sub": "a", "act": "b"}])
def test_what_is_no_actor_is_nobody_in_particular(act):
    """Who cannot be read is not taken for nobody."""
    assert actors_of({"act": act}) is None


@pytest.mark.parametrize("act", ["a", {}, {"sub": ""}, {"sub": 7}])
def test_no_name_is_made_up_for_an_actor(act):
    """Of a token that another issuer wrote."""
    signed = KEYS.newest.sign
    said = {"sub": "42", "aud": "api", "iat": NOW, "exp": NOW + 9, "jti": "j", "act": act}
    head = TOKENS.issue(subject="42").split(".")[0]
    message = f"{head}.{b64url_encode(json.dumps(said).encode())}".encode()
    assert TOKENS.verify((message + b"." + signed(message)).decode()).actor is None


@pytest.mark.parametrize(
    ("actors", "error"),
    [("ab", TypeError), ([7], TypeError), ([""], ValueError), (["a"] * (MOST_ACTORS + 1), ValueError)],
)
def test_actors_are_a_few_names(actors, error):
    """One text is not several."""
    with pytest.raises(error):
        TOKENS.issue(subject="42", actors=actors)


def test_nobody_else_says_who_acts():
    """An extra claim of that name would."""
    with pytest.raises(ValueError, match="act"):
        TOKENS.issue(subject="42", extra={"act": {"sub": "a"}})


def test_a_token_may_be_for_several():
    """A list on the wire; each of them believes it, and one alone is a text."""
    token = TOKENS.issue(subject="42", audience=["x", "y"])
    assert payload(token)["aud"] == ["x", "y"]
    assert payload(TOKENS.issue(subject="42", audience=["x"]))["aud"] == "x"
    for name in ("x", "y"):
        assert TOKENS.addressed_to(name).verify(token).subject == "42"
    with pytest.raises(TokenInvalidError):
        TOKENS.verify(token)


@pytest.mark.parametrize(("audience", "error"), [([], ValueError), ([""], ValueError), ([7], TypeError)])
def test_an_audience_is_somebody(audience, error):
    """By a name."""
    with pytest.raises(error):
        TOKENS.issue(subject="42", audience=audience)


def test_only_our_own_tokens_are_for_others():
    """Those of another issuer are for whom its profile says."""
    foreign = AccessTokens(KEYS, issuer=["a", "b"], audience="api")
    with pytest.raises(ValueError, match="another issuer"):
        foreign.addressed_to("x")


def test_the_audience_of_a_token_is_read_before_it_is_believed():
    """A text, a list, or nobody."""
    assert audience_of(TOKENS.issue(subject="42")) == "api"
    assert audience_of(TOKENS.issue(subject="42", audience=["x", "y"])) == ("x", "y")
    assert audience_of(AccessTokens(KEYS).issue(subject="42")) is None


@pytest.mark.parametrize("said", ["[]", '{"aud": []}', '{"aud": [""]}', '{"aud": 7}', '{"aud": null}'])
def test_no_audience_is_made_up(said):
    """What names nobody in the form of the standard is refused."""
    with pytest.raises(TokenInvalidError):
        audience_of(f"h.{b64url_encode(said.encode())}.s")


@pytest.mark.parametrize("token", ["", "x", "a.b", "é.é.é", "x" * 8193])
def test_what_is_no_token_has_no_audience(token):
    """It is only refused."""
    with pytest.raises(TokenInvalidError):
        audience_of(token)
