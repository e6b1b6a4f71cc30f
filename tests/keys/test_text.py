"""Keys in a variable: PEM with real or written line ends, JWK, JWK set."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jwt_auth_core import assemble
from jwt_auth_core.errors import SettingsError, WeakKeyError
from jwt_auth_core.keys import rotation
from jwt_auth_core.keys.text import is_key_text, parse_keys
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.access import AccessTokens
from jwt_auth_core.vocabulary import Secret
from tests.keys.made import ED, KEYS, NOW, OTHER

SECRET = "a secret that only the tests of key texts know"
OLD = "an older secret of the tests of key texts here"


def pem():
    """Return a new private key on P-256 as PEM text."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )


def tokens(**variables):
    """Return the access tokens of an environment."""
    return assemble.access_tokens(Settings.from_env({"JWT_KEY": SECRET, **variables}), clock=lambda: NOW)


@pytest.mark.parametrize("write", [str, lambda text: text.replace("\n", "\\n"), lambda text: f"\n {text}"])
def test_pem_blocks_are_read_in_order(write):
    """As lines, or as one line with written line ends; the first key is the newest."""
    first, second = pem(), pem()
    assert is_key_text(write(first))
    keys = parse_keys(Secret(write(first + second)))
    assert [key.key_id for key in keys] == [parse_keys(Secret(one))[0].key_id for one in (first, second)]


def test_jwks_are_read():
    """One JWK, or a set of private ones."""
    one = json.dumps(ED.private_jwk())
    both = json.dumps({"keys": [OTHER.private_jwk(), ED.public_jwk()]})
    assert is_key_text(one)
    assert [key.key_id for key in parse_keys(Secret(one))] == [ED.key_id]
    assert [key.can_sign for key in parse_keys(Secret(both))] == [True, False]


@pytest.mark.parametrize("text", ["", "keys", "-----BEGIN X-----", "{", '{"keys":1}', '{"keys":[1]}', "{}"])
def test_what_is_no_key_is_refused(text):
    """The message does not repeat it."""
    with pytest.raises(WeakKeyError):
        parse_keys(Secret(text))


def test_jwt_keys_may_be_a_directory(tmp_path):
    """Its newest key signs, and the tokens follow it."""
    made = rotation.make(tmp_path, algorithm="ES256", now=NOW)
    found = tokens(JWT_KEYS=str(tmp_path))
    assert found.keys.newest.key_id == made.key_id
    assert found.verify(found.issue(subject="42")).subject == "42"
    found.close()


def test_jwt_keys_may_be_a_text():
    """The key of the variable signs; JWT_KEY is for refresh tokens then, and verifies nothing."""  # JWT-05
    found = tokens(JWT_KEYS=json.dumps(ED.private_jwk()))
    assert [key.algorithm for key in found.keys.keys] == ["EdDSA"]


def test_previous_secrets_verify_on():
    """So nobody is logged out by the step from HS256 to a key pair."""  # JWT-18
    old = tokens().issue(subject="42")
    found = tokens(JWT_KEYS=json.dumps(ED.private_jwk()), JWT_PREVIOUS_KEYS=f"{SECRET},{OLD}")
    # The two secrets, and the one that they would be if its own text held the comma.
    assert [key.algorithm for key in found.keys.keys] == ["EdDSA", "HS256", "HS256", "HS256"]
    assert found.verify(old).subject == "42"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no/such/directory", "cannot be read"),
        ("-----BEGIN PRIVATE KEY-----", "holds no key"),
        (json.dumps(ED.public_jwk()), "cannot sign"),
        (json.dumps({"keys": [ED.private_jwk(), ED.private_jwk()]}), "the same key id"),
        ("  ", "must be a directory of key files, or PEM or JWK text"),
    ],
)
def test_bad_keys_are_a_bad_setting(value, reason):
    """The error names the variable and the fault, never the value."""
    with pytest.raises(SettingsError, match=rf"JWT_KEYS.*{reason}") as caught:
        tokens(JWT_KEYS=value)
    assert ED.private_jwk()["d"] not in str(caught.value)


def test_the_secret_is_checked_beside_keys():
    """JWT_KEY still signs refresh tokens."""  # JWT-06
    with pytest.raises(SettingsError, match="repetition"):
        tokens(JWT_KEY="ab" * 20, JWT_KEYS=json.dumps(ED.private_jwk()))


@pytest.mark.parametrize("algorithm", KEYS)
def test_every_algorithm_carries_a_token(algorithm):
    """Issued, verified, forged: the verifier treats each algorithm alike."""  # JWT-04, JWT-05
    found = tokens(JWT_KEYS=json.dumps(KEYS[algorithm].private_jwk()))
    assert isinstance(found, AccessTokens)
    token = found.issue(subject="42", scopes={"a:b"})
    assert found.verify(token).scopes == {"a:b"}
    head, payload, _ = token.split(".")
    other = KEYS["ES256" if algorithm == "EdDSA" else "EdDSA"].sign(f"{head}.{payload}".encode()).decode()
    for forged in (f"{head}.{payload}.{other}", f"{head}.{payload}.", token[:-4] + "AAAA"):
        with pytest.raises(Exception, match="signature"):
            found.verify(forged)
