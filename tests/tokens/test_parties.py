"""Issuer and audience: who made a token, and for whom (RFC 7519 section 4.1.3, RFC 9068 section 4)."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.tokens import AccessTokens
from tests.tokens.forge import NOW, RING, claims, forged


def test_the_expected_issuer(verify):
    """The issuer is one exact text."""  # JWT-12
    issuer = "https://issuer.example"
    assert verify(forged(claims(iss=issuer)), issuer=issuer).subject == "42"
    others = [
        issuer + "/",
        issuer[:-1],
        issuer.upper(),
        " " + issuer,
        "",
        None,
        1,
        True,
        [issuer],
        {issuer: 1},
    ]
    for other in others:
        with pytest.raises(TokenInvalidError):
            verify(forged(claims(iss=other)), issuer=issuer)
    with pytest.raises(TokenInvalidError):
        verify(forged(), issuer=issuer)


@pytest.mark.parametrize("value", [None, 1, True, ["a"], {}], ids=repr)
def test_an_unexpected_issuer_is_still_a_text(verify, value):
    """Without an expected issuer any text will do, and nothing else."""  # JWT-12
    assert verify(forged(claims(iss="https://anyone.example"))).subject == "42"
    with pytest.raises(TokenInvalidError):
        verify(forged(claims(iss=value)))


@pytest.mark.parametrize("audience", ["api", ["api"], ["other", "api"], ["api", "api"]], ids=repr)
def test_the_expected_audience(verify, audience):
    """The audience is the expected text, or a list that has it."""  # JWT-12
    assert verify(forged(claims(aud=audience)), audience="api").subject == "42"


@pytest.mark.parametrize(
    "audience",
    [
        "",
        "ap",
        "api ",
        "API",
        "other",
        "api,other",
        None,
        1,
        True,
        [],
        [""],
        ["ap", "i"],
        [["api"]],
        {"api": 1},
        ["api", 1],
        ["api", None],
    ],
    ids=repr,
)
def test_another_audience(verify, audience):
    """A token for somebody else, or for nobody, is refused, as is a list with other things."""  # JWT-12
    for token in (forged(claims(aud=audience)), forged()):
        with pytest.raises(TokenInvalidError, match="not for this audience"):
            verify(token, audience="api")


@pytest.mark.parametrize("audience", ["api", "", None, [], ["api"], [None], {}], ids=repr)
def test_an_audience_where_none_is_expected(verify, audience):
    """Without an expected audience a token must not have one."""  # JWT-12
    with pytest.raises(TokenInvalidError, match="not for this audience"):
        verify(forged(claims(aud=audience)))


def test_several_names_without_a_profile():
    """Issuer and audience may be several in RFC 9068's own form; where none is expected, none is named."""

    def verify(token, **parties):
        return AccessTokens(RING, **parties).verify(token, now=NOW)

    issuers = {"https://a.example", "https://b.example"}
    good = claims(iss="https://b.example", aud="api")
    assert verify(forged(good), issuer=issuers, audience={"api", "web"}).issuer == "https://b.example"
    assert verify(forged(claims(iss="https://a.example")), issuer=issuers).subject == "42"
    with pytest.raises(TokenInvalidError, match="none is expected"):
        verify(forged(good), issuer=issuers)


def test_a_name_is_a_text():
    """Anything else is a slip of the pen, noticed at once."""
    for names in ([1], {b"a"}):
        with pytest.raises(TypeError, match="a text, several"):
            AccessTokens(RING, issuer=names)
        with pytest.raises(TypeError, match="a text, several"):
            AccessTokens(RING, audience=names)
    with pytest.raises(ValueError, match="not empty"):
        AccessTokens(RING, issuer=[])
