"""Secrets that everybody knows or can guess are refused; random ones never are (JWT-06)."""

from __future__ import annotations

import random
import string

import pytest

from jwt_auth_core import weak_secrets
from jwt_auth_core.encoding import b64url_decode, b64url_encode
from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys import Hs256Key
from jwt_auth_core.weak_secrets import weakness
from tests.keys.asymmetric import SPELLINGS

PUBLISHED = [
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",  # FastAPI's tutorial
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",  # Flask's quick start
    "a-string-secret-at-least-256-bits-long",  # jwt.io
    "your-256-bit-secret-your-256-bit-secret",
    "your-256-bit-secret............................................",
    "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",  # Spring tutorials
    "super-secret-jwt-token-with-at-least-32-characters-long",  # Supabase
    "django-insecure-8w!k2$zq0v@x#7n3m^5b&1c*4d(6e)9f-h_j+l=p",
    "sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U",  # Dify
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    b64url_decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"),
    b64url_decode("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FjG-Onbc6mxCcYg"),  # RFC 7520 section 3.5
    "CHANGEME-CHANGEME-CHANGEME-CHANGEME!",
    "please-change-me-in-production-0123456",
    "MySecretKeyForJwtTokensInThisApp!1234",
    "  09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7\n",
]
REGULAR = [
    *("a" * 32, "\0" * 64, "0" * 48, "ab" * 16, "secret" * 6, "secret" * 5 + "se", "password" * 4),
    *(
        "0123456789" * 4,
        "0123456789abcdef" * 2,
        "abcdefghijklmnopqrstuvwxyz012345",
        "zyxwvutsrqponmlkjihgfedcba987654",
    ),
    *(
        "12345678901234567890123456789012",
        "s3cr3t-t0k3n-s1gn" * 2,
        bytes(range(32)),
        bytes(range(255, 200, -1)),
    ),
    "secret" * 100_000,
]


@pytest.mark.parametrize("secret", PUBLISHED)
def test_published_secrets_are_refused(secret):
    """Secrets of standards, tutorials and example files are refused, without being repeated."""  # JWT-06
    with pytest.raises(WeakKeyError, match="HS256 secret refused") as caught:
        Hs256Key(secret)
    assert str(secret) not in str(caught.value)


def test_the_list_of_published_secrets_is_read_once():
    """When the first secret is judged, not on import; then it is known."""
    weak_secrets._published.cache_clear()
    assert all(weakness(PUBLISHED[0].encode()) for _ in range(2))
    assert weak_secrets._published.cache_info().misses == 1


@pytest.mark.parametrize("secret", REGULAR, ids=range(len(REGULAR)))
def test_regular_secrets_are_refused(secret):
    """One character, a word over and over, a row of the alphabet: refused at any length."""  # JWT-06
    with pytest.raises(WeakKeyError, match=r"a repetition or a sequence|published"):
        Hs256Key(secret)


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_public_keys_are_refused(spelling):
    """A public key is no secret, in PEM, DER, PKCS1, SSH, JWK or bare base64."""  # JWT-05
    with pytest.raises(WeakKeyError, match="public key or certificate"):
        Hs256Key(spelling)


def test_random_secrets_are_never_refused():
    """Octets, hexadecimal, base64url, digits: what random generators give has no weakness."""
    source = random.Random(7515)  # noqa: S311 - the same in every run
    for _ in range(2_000):
        octets = source.randbytes(32)
        digits = "".join(source.choices(string.digits, k=40)).encode()
        forms = [
            octets,
            octets.hex().encode(),
            octets[:16].hex().encode(),
            b64url_encode(octets).encode(),
            digits,
        ]
        assert [weakness(form) for form in forms] == [None] * 5


@pytest.mark.parametrize(
    "head", [b"\x30", b"\x30\x1e\x05", b"\x30\x82", b"\x30\x82\xff\xff\x30", b"MIIBIjAN"]
)
def test_what_only_begins_like_a_public_key_is_no_public_key(head):
    """A random secret may begin with any octets."""
    secret = head + random.Random(3).randbytes(60)  # noqa: S311
    assert weakness(secret) is None


def test_a_json_text_that_is_no_key_may_be_a_secret():
    """Only a JWK is refused, not every text with a brace."""
    assert weakness(b"{8f3a9c0b2d7e4f61a5c2b9d8e7f60312") is None
