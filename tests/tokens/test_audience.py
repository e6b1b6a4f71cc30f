"""Whom a token says it is for, and who verifies what is for somebody else."""

import pytest

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.tokens.audience import MOST_CHARACTERS, audience_of

RING = KeyRing.from_secret("a secret that only these tests use, forty-odd bytes")
TOKENS = AccessTokens(RING)


def saying(payload):
    """Return what has the form of a token, with this payload."""
    return f"e30.{b64url_encode(payload)}.x"


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        (b"{}", None),
        (b'{"aud":"a"}', "a"),
        (b'{"aud":["a","b"]}', ("a", "b")),
    ],
)
def test_whom_a_token_is_for(payload, named):
    """Nobody, one, or several."""
    assert audience_of(saying(payload)) == named


@pytest.mark.parametrize("payload", [b"[", b'{"aud":7}', b'{"aud":""}', b'{"aud":[]}', b'{"aud":["a",7]}'])
def test_what_is_no_audience(payload):
    """Neither of a payload that is none, nor of another type."""
    with pytest.raises(TokenInvalidError):
        audience_of(saying(payload))


def test_a_long_text_is_not_read():
    """It is no token of ours."""
    with pytest.raises(TokenInvalidError, match="longer than"):
        audience_of("a" * (MOST_CHARACTERS + 1))


def test_tokens_of_others_are_for_whom_they_say():
    """Nobody here says otherwise of several issuers' tokens."""
    several = AccessTokens(RING, issuer=["https://a.example", "https://b.example"], audience="api")
    with pytest.raises(ValueError, match="of several"):
        several.addressed_to("another")


def test_an_audience_names_somebody():
    """A list without names is none."""
    with pytest.raises(ValueError, match="names somebody"):
        TOKENS.issue(subject="42", audience=[])
