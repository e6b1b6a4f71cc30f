"""The text of an API key: a scanner and we recognise one without a look-up.

``jak_``, 30 random characters, and the CRC32 of those 30 in six digits to the base of 62, the most
significant first. Digits and characters are 0-9, A-Z, a-z. Stores see the SHA-256 alone.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from typing import Final
from zlib import crc32

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.vocabulary import Secret

PREFIX: Final = "jak_"
RANDOM_CHARACTERS: Final = 30
CHECK_CHARACTERS: Final = 6

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FORM: Final = re.compile(r"jak_([0-9A-Za-z]{30})([0-9A-Za-z]{6})", re.ASCII)
_RANDOM_BYTES: Final = 32  # 78 bits more than 30 characters hold: none is likelier than another
_ID_BYTES: Final = 12
_ID: Final = re.compile(r"key_[0-9a-f]{24}", re.ASCII)


def new_key(entropy: Callable[[int], bytes] = os.urandom) -> Secret:
    """Return a key of 178 random bits.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    number = int.from_bytes(random_bytes(_RANDOM_BYTES, entropy), "big")
    characters = _base62(number, RANDOM_CHARACTERS)
    return Secret(PREFIX + characters + check_digits(characters))


def new_key_id(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """Return what stands for a key in lists and records; no session is called so, and it opens nothing.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return "key_" + random_bytes(_ID_BYTES, entropy).hex()


def check_digits(characters: str) -> str:
    """Return the last six characters of a key, made of the 30 random ones."""
    return _base62(crc32(characters.encode()), CHECK_CHARACTERS)


def is_key(text: str) -> bool:
    """Tell whether a text is a key by its form and check digits; whether it is anybody's, a store knows."""
    match = _FORM.fullmatch(text)
    return match is not None and check_digits(match[1]) == match[2]


def is_key_id(text: str) -> bool:
    """Tell whether a text has the form of a key's id."""
    return _ID.fullmatch(text) is not None


def digest_of(key: str) -> str:
    """Return what stands for a key at rest: its SHA-256 in base64url. So much chance needs no slow hash."""
    return b64url_encode(hashlib.sha256(key.encode()).digest())


def _base62(number: int, length: int) -> str:
    characters: list[str] = []
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        characters.append(_DIGITS[digit])
    return "".join(reversed(characters))
