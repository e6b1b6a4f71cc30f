"""ID tokens of any OpenID provider, by the code of docs/resource-server.md.

What its profile holds, and what it leaves to the client that the tokens are for.

The rules are those of OpenID Connect Core 1.0 section 3.1.3.7.
"""

from __future__ import annotations

import pytest

from jwt_auth_core import AccessTokens
from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import TokenExpiredError, TokenInvalidError
from jwt_auth_core.keys import Hs256Key
from tests.house.profiles import PAGE
from tests.providers.signed import ABSENT, NOW, ring, signed

ISSUER, CLIENT = "https://id.example.com", "web"
BLOCK = PAGE.read_text("utf-8").partition("## ID tokens of any")[2].split("```python\n")[1].split("```")[0]
ON_THE_PAGE = {}
exec(BLOCK, ON_THE_PAGE)  # noqa: S102 - the page's own code; nobody is asked before a token comes
CLAIMS = {
    "iss": ISSUER,
    "sub": "7",
    "aud": CLIENT,
    "iat": NOW,
    "exp": NOW + 300,
    "auth_time": NOW - 5,
    "nonce": "n-0S6_WzA2Mj",
    "email": "ada@example.com",
    "email_verified": True,
}
HEADER = {"alg": "RS256", "kid": "k1"}
LIES = [
    ("another issuer", {"iss": "https://evil.example.com"}, "not by the expected issuer"),
    ("another client", {"aud": "another"}, "not for this audience"),
    ("no client", {"aud": []}, "audience"),
    ("no nonce", {"nonce": ABSENT}, "it has no nonce"),
    ("no subject", {"sub": ABSENT}, "sub"),
    ("a subject that is a number", {"sub": 7}, "sub"),
    ("a login that is yet to come", {"auth_time": NOW + 900}, "from the future"),
    ("a login at no time", {"auth_time": "lately"}, "auth_time"),
    ("no beginning", {"iat": ABSENT}, "iat"),
    ("no end", {"exp": ABSENT}, "exp"),
]


def token(header=HEADER, algorithm="RS256", **changes):
    """Return an ID token, some of its claims changed or (ABSENT) left away."""
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not ABSENT}
    return signed(header, claims, algorithm)


def verified(text, *, now=NOW):
    """Return what is said of a token by an object that has seen nothing."""
    known = {"issuer": ISSUER, "audience": CLIENT, "profile": ON_THE_PAGE["ID_TOKENS"]}
    return AccessTokens(ring("RS256"), **known).verify(text, now=now)


class AtThatTime:
    """What verifies a token at the time of these tests, as the page's function calls it."""

    verify = staticmethod(verified)


def person(text, nonce=CLAIMS["nonce"]):
    """Return whose login the page's function takes a token for."""
    return ON_THE_PAGE["person"](text, nonce, AtThatTime)


def test_an_id_token_is_read():
    """It says whose it is, when they logged in, and in ``extra`` what a client looks at itself."""
    claims = verified(token())
    assert (claims.subject, claims.issuer, claims.auth_time) == ("7", ISSUER, NOW - 5)
    assert claims.extra == {name: CLAIMS[name] for name in ("nonce", "email", "email_verified")}


@pytest.mark.parametrize(("changes", "reason"), [lie[1:] for lie in LIES], ids=[lie[0] for lie in LIES])
def test_a_lie_is_refused(changes, reason):
    """Although the provider's own key signed it."""
    with pytest.raises(TokenInvalidError) as caught:
        verified(token(**changes))
    assert reason in caught.value.reason


def test_it_ends():
    """At ``exp``, to the second."""
    assert verified(token(), now=NOW + 299).subject == "7"
    with pytest.raises(TokenExpiredError):
        verified(token(), now=NOW + 300)


def test_it_is_signed():
    """Without a signature it is nobody's word."""
    parts = token(header={"alg": "none"}).split(".")[:2]
    with pytest.raises(TokenInvalidError):
        verified(".".join([*parts, ""]))


@pytest.mark.parametrize("header", [{"alg": "HS256"}, {"alg": "HS256", "kid": "k1"}])
def test_the_secret_of_the_client_signs_nothing(header):
    """HS256 with it, which OpenID allows, would let whoever reads the client's settings be anybody."""
    message = token(header=header).rpartition(".")[0]
    forged = Hs256Key("a secret of the client, as long as need be").sign(message.encode()).decode()
    with pytest.raises(TokenInvalidError):
        verified(f"{message}.{forged}")


def test_another_kind_of_token_is_refused():
    """An access token of the same provider, for the same client, is no login."""
    with pytest.raises(TokenInvalidError):
        verified(token(header={**HEADER, "typ": "at+jwt"}))


def test_a_token_of_its_end_alone_is_refused():
    """One that says to be good for years is no ID token."""
    with pytest.raises(TokenInvalidError):
        verified(token(exp=NOW + 366 * 86_400))


def test_the_client_knows_people_by_issuer_and_subject():
    """One that names no other client, or this one, is for it, beside whomever else."""
    for changes in ({}, {"azp": CLIENT}, {"aud": [CLIENT, "another"], "azp": CLIENT}):
        assert person(token(**changes)) == (ISSUER, "7")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"azp": "another"}, "another client"),
        ({"azp": [CLIENT]}, "another client"),
        ({"azp": None}, "another client"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "another client"),
        ({"nonce": "of another browser"}, "another login"),
        ({"nonce": [CLAIMS["nonce"]]}, "another login"),
        ({"nonce": "\u00fc"}, "another login"),
    ],
)
def test_the_client_looks_at_what_is_left_to_it(changes, reason):
    """The verifier lets it pass: it knows neither the login nor what ``azp`` means to an API."""
    assert verified(token(**changes)).subject == "7"
    with pytest.raises(TokenInvalidError) as caught:
        person(token(**changes))
    assert reason in caught.value.reason


@pytest.mark.parametrize("nonce", ["", None, [], {}])
def test_a_nonce_that_says_nothing_is_none(nonce):
    """The verifier refuses what the client would have had to compare with nothing."""
    with pytest.raises(TokenInvalidError, match="it has no nonce"):
        verified(token(nonce=nonce))


def test_a_shared_mark_is_no_signature():
    """A payload that was changed after it was signed is refused."""
    head, _, mark = token().split(".")
    payload = b64url_encode(b'{"iss":"https://id.example.com","sub":"8","aud":"web"}')
    with pytest.raises(TokenInvalidError):
        verified(f"{head}.{payload}.{mark}")
