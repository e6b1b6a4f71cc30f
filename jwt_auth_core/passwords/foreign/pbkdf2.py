"""PBKDF2 as Django, Werkzeug and passlib store it, by the standard library.

pbkdf2_sha256$1000000$<salt>$<base64>, pbkdf2:sha256:1000000$<salt>$<hex>, $pbkdf2-sha256$29000$<salt>$<tag>.
"""

from __future__ import annotations

import re
from functools import partial
from hashlib import pbkdf2_hmac
from typing import Final

from jwt_auth_core.encoding import same
from jwt_auth_core.passwords.foreign.check import SHA, Check, standard, unpadded
from jwt_auth_core.vocabulary import Secret

MAX_ROUNDS: Final = 3_000_000
"""Three times what Django and Werkzeug take in 2026; some two seconds of one core."""

_ROUNDS: Final = r"(?P<rounds>[1-9][0-9]{0,6})"
_DJANGO: Final = re.compile(
    rf"pbkdf2_(?P<sha>sha1|sha256)\${_ROUNDS}\$(?P<salt>[!-#%-~]{{1,128}})\$(?P<tag>[A-Za-z0-9+/]{{27,43}}=)"
)
_WERKZEUG: Final = re.compile(
    rf"pbkdf2:(?P<sha>sha1|sha256|sha512):{_ROUNDS}\$(?P<salt>[!-#%-~]{{1,128}})\$(?P<tag>[0-9a-f]{{40,128}})"
)
_PASSLIB: Final = re.compile(
    rf"\$pbkdf2(?:-(?P<sha>sha256|sha512))?\${_ROUNDS}\$(?P<salt>[A-Za-z0-9./]{{2,128}})\$(?P<tag>[A-Za-z0-9./]{{27,86}})"
)


def parse(stored: str) -> Check | None:
    """Return the check of such a hash; None of another, or where it has more than `MAX_ROUNDS`."""
    if found := _DJANGO.fullmatch(stored):
        salt: bytes | None = found["salt"].encode()
        tag = standard(found["tag"], SHA[found["sha"]])
    elif found := _WERKZEUG.fullmatch(stored):
        salt, tag = found["salt"].encode(), _hex(found["tag"], SHA[found["sha"]])
    elif found := _PASSLIB.fullmatch(stored):
        salt = unpadded(found["salt"].replace(".", "+"))
        tag = unpadded(found["tag"].replace(".", "+"), SHA[found["sha"] or "sha1"])
    else:
        return None
    if salt is None or tag is None or int(found["rounds"]) > MAX_ROUNDS:
        return None
    return partial(_matches, found["sha"] or "sha1", int(found["rounds"]), salt, tag)


def _hex(text: str, size: int) -> bytes | None:
    return bytes.fromhex(text) if len(text) == 2 * size else None


def _matches(sha: str, rounds: int, salt: bytes, tag: bytes, password: Secret) -> bool:
    return same(pbkdf2_hmac(sha, password.reveal().encode(), salt, rounds), tag)
