"""Points of small order on Curve25519 in Edwards form: a key or signature made of one proves nothing.

By such a key there are signatures that are right for every message. RFC 8032 section 5.1.7 leaves open
whether they are refused; OpenSSL takes them and libsodium does not. Here they are refused, whichever checks.
"""

from __future__ import annotations

from typing import Final

_PRIME: Final = 2**255 - 19
_OCTETS: Final = 32
_SIGN: Final = 1 << 255
# The two y of the points of order eight.
_EIGHTH: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)

POINTS: Final = frozenset(
    (y + sign).to_bytes(_OCTETS, "little")
    for y in (0, 1, _PRIME - 1, _PRIME, _PRIME + 1, _EIGHTH, _PRIME - _EIGHTH)
    for sign in (0, _SIGN)
)
"""Their fourteen spellings, those beyond the prime included (RFC 8032 section 5.1.2)."""


def is_of_key(point: bytes) -> bool:
    """Tell whether 32 octets may be those of a public key: a y below the prime, and no small order."""
    return point not in POINTS and int.from_bytes(point, "little") % _SIGN < _PRIME
