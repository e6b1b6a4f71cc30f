"""Why a token was refused, in these words and no others: operators search their logs for them."""

from __future__ import annotations

import json

import pytest

from jwt_auth_core.encoding import MAX_INTEGER_DIGITS, b64url_encode
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys import Hs256Key
from jwt_auth_core.tokens import AccessTokens, Limits
from tests.tokens.forge import CLAIMS, HEADER, NOW, RING, claims, forged, sealed

ISSUER = "https://issuer.example"
_HEADER, _PAYLOAD = (b64url_encode(json.dumps(part).encode()) for part in (HEADER, CLAIMS))

REASONS = {
    "its signature is not by a known key": forged(key=Hs256Key("another secret, not the one of the ring")),
    "its payload is not canonical base64url of strict JSON": sealed(_HEADER, _PAYLOAD + "="),
    "its payload is not an object": forged(b"[]"),
    "it is not by the expected issuer": forged(claims(iss=1)),
    "it is not for this audience": forged(claims(aud="api")),
    "its lifetime is too long": forged(claims(exp=NOW + 86_401)),
    "it is from the future": forged(claims(iat=NOW + 61)),
    "its sub is no text, or empty": forged(claims("sub")),
    "its jti is no text, or empty": forged(claims(jti="")),
    "its sid is no text, or empty": forged(claims(sid=1)),
    "its client_id is no text, or empty": forged(claims(client_id="")),
    "its iat is no number of seconds": forged(claims(iat="1")),
    "its exp is no number of seconds": forged(claims("exp")),
    "its nbf is no number of seconds": forged(claims(nbf=True)),
    "its scope is not of printable ASCII words between single spaces": forged(claims(scope="a  b")),
    "scope must be a text": forged(claims(scope=["a"])),
    "sver must be a count": forged(claims(sver=-1)),
    "tver must be a count": forged(claims(tver=0.5)),
}


@pytest.mark.parametrize(("reason", "token"), REASONS.items(), ids=REASONS)
def test_the_reason_names_what_is_wrong(verify, reason, token):
    """One fact, and the claim by the name that it has on the wire."""
    with pytest.raises(TokenInvalidError) as refused:
        verify(token)
    assert refused.value.reason == reason


def test_a_fourth_part_is_the_payloads_fault(verify):
    """The header ends at the first dot and the signature begins at the last."""
    with pytest.raises(TokenInvalidError, match="its payload is not canonical"):
        verify(sealed(_HEADER, f"{_PAYLOAD}.{_PAYLOAD}"))


@pytest.mark.parametrize(("spare", "is_taken"), [(0, True), (-1, False)])
@pytest.mark.parametrize("kind", [str, str.encode], ids=["text", "octets"])
def test_a_token_may_be_as_long_as_the_limit(kind, spare, is_taken):
    """And not a character more; the limit is told."""
    token = forged(claims(x="a" * 2000))
    longest = len(token) + spare
    tokens = AccessTokens(RING, limits=Limits(characters=longest))
    if is_taken:
        assert tokens.verify(kind(token), now=NOW).subject == "42"
        return
    with pytest.raises(TokenInvalidError) as refused:
        tokens.verify(kind(token), now=NOW)
    assert refused.value.reason == f"it is longer than {longest} characters"


def test_a_lifetime_may_be_as_long_as_the_limit(verify):
    """A day, unless it is said otherwise."""
    assert verify(forged(claims(exp=NOW + 86_400))).expires_at == NOW + 86_400


def test_the_first_number_beyond_every_calendar_is_no_time(verify):
    """A fraction is held to the bound that whole numbers have."""
    with pytest.raises(TokenInvalidError, match="its exp is no number of seconds"):
        verify(forged(claims(exp=float(10**MAX_INTEGER_DIGITS))))
