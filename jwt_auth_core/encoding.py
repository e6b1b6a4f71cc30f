"""Base64url, JSON and comparison, each in its one strict form.

What is refused when reading raises ValueError with a fixed sentence: the input is never part of
the message nor of a chained exception, because it may be a token or a password.
"""

from __future__ import annotations

import hmac
import json
import math
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from json.scanner import make_scanner
from typing import Any, Final, NoReturn, cast

MAX_JSON_DEPTH: Final = 32
"""How deep objects and arrays may nest; the outermost one counts."""

MAX_INTEGER_DIGITS: Final = 20
"""How long an integer may be in JSON; 20 digits hold every 64-bit number."""

ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""The 64 characters of base64url in the order of their values (RFC 4648 section 5)."""

_PLUS: Final = ord("+")
_SLASH: Final = ord("/")
_FOREIGN: Final = bytes(set(range(256)) - set(ALPHABET))
_TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
STANDARD: Final = bytes(
    octet if octet in ALPHABET[:-2] else {ALPHABET[-2]: _PLUS, ALPHABET[-1]: _SLASH}.get(octet, ord("!"))
    for octet in range(256)
)
"""Translates base64url to base64 (RFC 4648 section 4); whatever is foreign becomes foreign to that, too."""
TO_URL: Final = bytes.maketrans(b"+/", b"-_")
"""Translates base64 to base64url."""

LAST: Final = (ALPHABET, b"", ALPHABET[::16], ALPHABET[::4])
"""By length modulo 4: the last characters whose unused bits are zero. One left over is never right."""


def b64url_octets(data: bytes) -> bytes:
    """Return unpadded base64url text (RFC 7515 section 2) as ASCII bytes."""
    text = b2a_base64(data, newline=False)
    if _PLUS in text or _SLASH in text:  # rare where JSON is encoded
        return text.translate(TO_URL, b"=")
    return text.rstrip(b"=")


def b64url_encode(data: bytes) -> str:
    """Return unpadded base64url text (RFC 7515 section 2)."""
    return b64url_octets(data).decode("ascii")


def b64url_decode(text: str | bytes) -> bytes:
    """Return what *text* encodes; every value has exactly one accepted spelling (JWT-03).

    Raises:
        ValueError: a foreign character, padding, an impossible length, or unused bits that are set.
    """
    octets = text.encode("ascii", "replace") if isinstance(text, str) else text
    # Letters and digits are the same in both alphabets, and are all that JSON in base64 mostly has.
    standard = octets if octets.isalnum() else octets.translate(_TO_STANDARD, _FOREIGN)
    if len(standard) != len(octets) or (octets and octets[-1] not in LAST[len(octets) & 3]):
        raise ValueError("not canonical base64url")
    return a2b_base64(standard + b"==")


# Made once: `json.dumps` makes one for each text that is not of its own form.
_compact: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def compact_json(value: object) -> bytes:
    """Return *value* as UTF-8 JSON without white space.

    Raises:
        TypeError: a value that JSON does not have.
        ValueError: NaN, an infinity, or a lone surrogate.
    """
    return utf8(_compact(value))


def utf8(text: str) -> bytes:
    """Return *text* as UTF-8; a lone surrogate raises a ValueError that does not hold the text."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass  # this error holds the whole text: nothing may be chained to it
    raise ValueError("a lone surrogate cannot be written")


Scan = Callable[[str, int], tuple[object, int]]


def strict_json(data: bytes, scan: Scan | None = None) -> object:
    """Return the one JSON value that *data* is (RFC 8259, I-JSON's limits; JWT-10).

    *scan* is `ANY_INTEGER` where an integer may have any length.

    Raises:
        ValueError: not UTF-8, not exactly one value, a name twice in one object, NaN or a number
            outside floating point, an integer over 20 digits, nesting over 32, a lone surrogate.
    """
    try:
        text = data.decode().strip(" \t\n\r")
        value, end = (scan or _scan)(text, 0)
        if "\\u" in text or text.count("[") + text.count("{") > MAX_JSON_DEPTH:
            _inspect(value, MAX_JSON_DEPTH)
    except (ValueError, StopIteration, RecursionError):
        text, value, end = "", None, -1
    if end != len(text):
        raise ValueError("not strict JSON")
    return value


def same(left: bytes, right: bytes) -> bool:
    """Tell whether both are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(left, right)


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise ValueError("integer too long")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("number too large")
    return number


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("name repeated")
    return members


def _inspect(value: object, levels: int) -> None:
    if isinstance(value, str):
        value.encode()  # raises for a lone surrogate, which only an escape can have made
    elif isinstance(value, dict | list):
        if levels == 0:
            raise ValueError("nested too deeply")
        for child in cast("dict[str, object] | list[object]", value):
            _inspect(child, levels - 1)
        if isinstance(value, dict):
            for child in cast("dict[str, object]", value).values():
                _inspect(child, levels - 1)


def _scanner(integer: Callable[[str], int]) -> Scan:
    decoder = json.JSONDecoder(
        parse_constant=_refuse, parse_float=_float, parse_int=integer, object_pairs_hook=_members
    )
    return make_scanner(cast("Any", decoder))


# What JSONDecoder.raw_decode wraps; called directly it saves a frame.
_scan: Final = _scanner(_integer)
ANY_INTEGER: Final = _scanner(int)
"""Reads integers as long as Python does (4300 digits): whoever checks a field finds that it does not fit."""
