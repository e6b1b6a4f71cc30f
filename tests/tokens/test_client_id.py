"""The client of a token (RFC 9068 section 2.2): strict validators accept what we issue, we what has none."""

from __future__ import annotations

import pytest
from authlib.oauth2.rfc6750.errors import InvalidTokenError
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from joserfc.jwk import KeySet

from jwt_auth_core.assemble import access_tokens
from jwt_auth_core.errors import SettingsError, TokenInvalidError
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens import AccessTokens
from tests.keys.made import P256, RSA, pem
from tests.tokens.forge import CLAIMS, NOW, RING, SECRET, claims, forged

PARTIES = {"JWT_ISSUER": "https://api.example.com/auth", "JWT_AUDIENCE": "billing"}


def configured(**variables):
    """Return the access tokens of an application with these settings."""
    return access_tokens(Settings.from_env({"JWT_KEY": SECRET, **variables}))


class Validator(JWTBearerTokenValidator):
    """Authlib's validator of RFC 9068, with a key set at hand."""

    def __init__(self, tokens):
        super().__init__(PARTIES["JWT_ISSUER"], PARTIES["JWT_AUDIENCE"])
        self._keys = KeySet.import_key_set({"keys": [key.public_jwk() for key in tokens.keys.keys]})

    def get_jwks(self):
        """Return it."""
        return self._keys

    def accepted(self, token):
        """Return the claims of a token that a protected resource would take."""
        found = self.authenticate_token(token)
        self.validate_token(found, None, None)
        return found


@pytest.mark.parametrize("key", [P256, RSA], ids=["ES256", "RS256"])
def test_a_strict_validator_accepts_ours(key):
    """Authlib, which demands every claim of RFC 9068 section 2.2, takes what an application issues."""
    tokens = configured(**PARTIES, SERVICE_NAME="shop", JWT_KEYS=pem(key).decode())
    token = tokens.issue(subject="42", scopes={"topics:read"}, session_id="5e55", session_version=1)
    assert Validator(tokens).accepted(token)["client_id"] == "shop"


def test_a_strict_validator_refuses_a_token_without_a_client():
    """The same token without a client is refused there: the test above would see it."""
    tokens = configured(**PARTIES, JWT_KEYS=pem(P256).decode())
    bare = AccessTokens(tokens.keys, issuer=PARTIES["JWT_ISSUER"], audience=PARTIES["JWT_AUDIENCE"])
    with pytest.raises(InvalidTokenError):
        Validator(tokens).accepted(bare.issue(subject="42"))


@pytest.mark.parametrize(
    ("variables", "client_id"),
    [
        ({}, "jwt-auth"),
        ({"SERVICE_NAME": 'Bücher & "more"'}, 'Bücher & "more"'),
        ({"SERVICE_NAME": "shop", "JWT_CLIENT_ID": "shop-web"}, "shop-web"),
    ],
)
def test_the_client_is_the_service_unless_a_setting_names_one(variables, client_id):
    """JWT_CLIENT_ID comes before SERVICE_NAME, which has a default."""
    tokens = configured(**variables)
    assert tokens.verify(tokens.issue(subject="42")).client_id == client_id


@pytest.mark.parametrize("name", ["JWT_CLIENT_ID", "JWT_ISSUER", "JWT_AUDIENCE", "SERVICE_NAME"])
def test_what_no_token_can_hold_is_refused_at_the_start(name):
    """Octets that are no UTF-8 would make every login fail."""
    with pytest.raises(SettingsError, match=f"{name} is not UTF-8"):
        configured(**{name: "caf\udce9"})


@pytest.mark.parametrize(("client_id", "error"), [("", ValueError), (7, TypeError), (b"shop", TypeError)])
def test_a_client_is_a_text(client_id, error):
    """Nothing else is written under that name."""
    with pytest.raises(error, match="client_id is"):
        AccessTokens(RING, client_id=client_id)


def test_a_token_of_before_is_accepted(verify):
    """Tokens that were issued without a client go on being good, beside those with one."""
    assert verify(forged(CLAIMS)).client_id is None
    assert verify(forged(claims(client_id="shop"))).client_id == "shop"


def test_another_client_is_accepted():
    """Whoever renames the service refuses nobody: a client is told, not checked."""
    old, new = AccessTokens(RING, client_id="old"), AccessTokens(RING, client_id="new")
    assert new.verify(old.issue(subject="42", now=NOW), now=NOW).client_id == "old"


@pytest.mark.parametrize("value", ["", None, 7, ["shop"]], ids=repr)
def test_a_client_that_is_no_text_is_refused(verify, value):
    """As every claim of a wrong type."""
    with pytest.raises(TokenInvalidError, match="its client_id is no text"):
        verify(forged(claims(client_id=value)))


def test_a_client_is_read_by_the_fast_reader(monkeypatch):
    """Tokens of ours cost no strict reading, whoever verifies them."""
    issuer, verifier = AccessTokens(RING, client_id="shop"), AccessTokens(RING)
    first, second = (issuer.issue(subject="42", session_id="5e", now=NOW) for _ in range(2))
    verifier.verify(first, now=NOW)
    monkeypatch.setattr(type(verifier._rules), "_read_strictly", None)
    assert verifier.verify(second, now=NOW).client_id == "shop"
