"""bcrypt as Auth0, PHP and passlib store it, and with the SHA-256 of Django and passlib before it.

$2b$10$<salt><tag>, bcrypt$$2b$12$..., bcrypt_sha256$$2b$12$..., $bcrypt-sha256$v=2,t=2b,r=12$<salt>$<tag>.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Final

from jwt_auth_core.passwords.foreign.check import Check, sha256
from jwt_auth_core.vocabulary import Secret

MAX_COST: Final = 15
"""Two seconds of one core; each one more doubles it."""

MOST_BYTES: Final = 72
"""What bcrypt takes of a password. Who made the hash cut the rest off, and so it is cut off to check it."""

_LETTERS: Final = r"[./A-Za-z0-9]"
# Not 2x: hashes of an implementation that was wrong, which bcrypt computes as if it had been right.
_BCRYPT: Final = re.compile(
    rf"(?P<before>bcrypt\$|bcrypt_sha256\$)?(?P<text>\$2[aby]\$(?P<cost>[0-3][0-9])\${_LETTERS}{{53}})"
)
_PASSLIB: Final = re.compile(
    rf"\$bcrypt-sha256\$(?:(?P<v2>v=2,t=2b,r=)|2[ab],)(?P<cost>[1-3]?[0-9])"
    rf"\$(?P<salt>{_LETTERS}{{22}})\$(?P<tag>{_LETTERS}{{31}})"
)


def parse(stored: str) -> Check | None:
    """Return the check of such a hash; None of another, or where its cost is above `MAX_COST`."""
    shorten: Callable[[bytes], bytes]
    if found := _BCRYPT.fullmatch(stored):
        shorten, text = _hex if found["before"] == "bcrypt_sha256$" else _cut, found["text"]
    elif found := _PASSLIB.fullmatch(stored):
        shorten = partial(_keyed, found["salt"].encode()) if found["v2"] else _plain
        text = f"$2b${int(found['cost']):02}${found['salt']}{found['tag']}"
    else:
        return None
    return partial(_matches, shorten, text.encode()) if int(found["cost"]) <= MAX_COST else None


def _matches(shorten: Callable[[bytes], bytes], text: bytes, password: Secret) -> bool:
    from jwt_auth_core.passwords.foreign.bcrypt import matches  # noqa: PLC0415 - a driver

    return matches(shorten(password.reveal().encode()), text)


def _cut(password: bytes) -> bytes:
    return password[:MOST_BYTES]


def _hex(password: bytes) -> bytes:
    return sha256(password).hex().encode()


def _plain(password: bytes) -> bytes:
    return b64encode(sha256(password))


def _keyed(salt: bytes, password: bytes) -> bytes:
    return b64encode(hmac.digest(salt, password, "sha256"))
