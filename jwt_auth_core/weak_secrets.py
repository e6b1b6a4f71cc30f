"""What must never be an HMAC secret: short, guessable, published, or somebody's public key."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64Error
from functools import cache
from itertools import pairwise
from typing import Final

from jwt_auth_core.encoding import b64url_decode
from jwt_auth_core.packaged import packaged_text

LEAST_BYTES: Final = 32
"""As long as the hash (RFC 7518 section 3.2)."""

_LEAST_DIFFERENT_BYTES: Final = 6
_LOOKED_AT_BYTES: Final = 512
_ADVICE: Final = "; make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
# Eight characters or more each: in a random secret they do not occur by chance.
_PLACEHOLDERS: Final = (
    *(b"changeme", b"change_me", b"change-me", b"changethis", b"change_this", b"change-this"),
    *(b"replaceme", b"replace_me", b"replace-me", b"placeholder", b"at-least-32", b"at_least_32"),
    *(b"yoursecret", b"your_secret", b"your-secret", b"your secret", b"your-256-bit", b"your_256_bit"),
    *(b"supersecret", b"super_secret", b"super-secret", b"super secret", b"top-secret", b"top_secret"),
    *(b"mysecret", b"my_secret", b"my-secret", b"my secret", b"secretkey", b"secret_key", b"secret-key"),
    *(b"django-insecure", b"insecure-secret", b"insecure_secret", b"development-secret"),
)
_PUBLIC_KEY_MARKS: Final = (b"-----BEGIN ", b"ssh-rsa ", b"ssh-ed25519 ", b"ecdsa-sha2-", b"---- BEGIN SSH2")
_SHORTEST_DER_KEY: Final = 44  # Ed25519's (RFC 8410 section 4)
_DER_SEQUENCE: Final = 0x30
_DER_INTEGER: Final = 0x02


def weakness(secret: bytes, *, least_bytes: int = LEAST_BYTES) -> str | None:
    """Return why *secret* is unfit, in words that do not contain it; None when nothing is known (JWT-06)."""
    if len(secret) < least_bytes:
        return f"it has {len(secret)} bytes, at least {least_bytes} are needed{_ADVICE}"
    if _is_public_key(secret):
        return "it is a public key or certificate, which anybody may have"
    if _is_published(secret):
        return f"it is published, in a standard, a tutorial or a product's defaults{_ADVICE}"
    if _is_regular(secret):
        return f"it is a repetition or a sequence{_ADVICE}"
    return None


def _is_published(secret: bytes) -> bool:
    lowered = secret.lower()
    return secret.strip() in _published() or any(word in lowered for word in _PLACEHOLDERS)


@cache
def _published() -> frozenset[bytes]:
    text = packaged_text("jwt_auth_core", "published_secrets.txt")
    lines = [line for line in text.splitlines() if line and not line.startswith("# ")]
    return frozenset(line.encode() for line in lines) | frozenset(_decoded(line) for line in lines)


def _decoded(line: str) -> bytes:
    # The standards print their keys in base64url; in use they are octets.
    try:
        return b64url_decode(line)
    except ValueError:
        return line.encode()


def _is_regular(secret: bytes) -> bool:
    if len(set(secret)) < _LEAST_DIFFERENT_BYTES:
        return True
    if _repeats(secret[:_LOOKED_AT_BYTES]):
        return True
    steps = [after - before for before, after in pairwise(secret)]
    return max(steps.count(1), steps.count(-1)) * 2 >= len(steps)


def _repeats(secret: bytes) -> bool:
    # A unit written out at least twice, the last time perhaps cut short.
    return any(secret[unit:] == secret[:-unit] for unit in range(1, len(secret) // 2 + 1))


def _is_public_key(secret: bytes) -> bool:
    head = secret.lstrip()
    if head.startswith(_PUBLIC_KEY_MARKS) or (head.startswith(b"{") and b'"kty"' in head):
        return True
    return _is_der(secret) or _is_der(_from_base64(secret))


def _from_base64(secret: bytes) -> bytes:
    text = b"".join(secret.split()).rstrip(b"=")
    try:
        return b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_" if set(b"-_") & set(text) else None)
    except NotBase64Error:
        return b""


def _is_der(data: bytes) -> bool:
    # A SEQUENCE that spans everything and opens with a SEQUENCE (SubjectPublicKeyInfo,
    # certificate) or an INTEGER (PKCS #1): 32 random octets never look so.
    if len(data) < _SHORTEST_DER_KEY or data[0] != _DER_SEQUENCE:
        return False
    more = data[1] - 0x80 if data[1] > 0x80 else 0  # noqa: PLR2004 - the long form's flag (X.690 8.1.3.5)
    length = int.from_bytes(data[2 : 2 + more]) if more else data[1]
    body = data[2 + more :]
    return length == len(body) and body[:1] in {bytes([_DER_SEQUENCE]), bytes([_DER_INTEGER])}
