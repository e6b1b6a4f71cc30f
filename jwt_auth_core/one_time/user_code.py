"""A user code: what people read in a letter and type somewhere else, such as ``WDJB-MJHT``.

Eight of twenty letters, RFC 8628 section 6.1: no vowel that spells a word, nothing that looks like a digit.
So few are guessed by whoever has the digests: those are MACs under a key that no store has.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Final

from jwt_auth_core.encoding import b64url_encode, same
from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH: Final = 8
LONGEST_TYPED: Final = 64  # with whatever stands between the letters

_FAIR: Final = 256 - 256 % len(ALPHABET)
"""Octets from here on are thrown away: the first letters would come more often."""
_BETWEEN: Final = re.compile("[\\s.\u00ad\u2010-\u2015\u2212-]")
"""Spaces, and what keyboards and word processors make of a hyphen."""
_CODE: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_user_code(entropy: Callable[[int], bytes] = os.urandom) -> Secret:
    """Return a random one, as it is shown.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    letters = ""
    while len(letters) < LENGTH:
        octets = random_bytes(LENGTH, entropy)
        letters += "".join(ALPHABET[octet % len(ALPHABET)] for octet in octets if octet < _FAIR)
    half = LENGTH // 2
    return Secret(f"{letters[:half]}-{letters[half:LENGTH]}")


def letters_of(typed: str) -> str | None:
    """Return the letters of what somebody typed, in whatever case and groups; None where it is no code."""
    letters = _BETWEEN.sub("", typed[: LONGEST_TYPED + 1]).upper()
    return letters if len(typed) <= LONGEST_TYPED and _CODE.fullmatch(letters) else None


@dataclass(frozen=True, slots=True)
class UserCodes:
    """Makes digests of user codes; all processes need the same key."""

    mac: PreparedMac

    def digest_of(self, bound_to: str, code: Secret) -> str:
        """Return the digest of a code for one thing alone; what is no code has one that no code has."""
        letters = letters_of(code.reveal()) or ""
        return b64url_encode(self.mac.digest(f"{bound_to}\n{letters}".encode()))

    def matches(self, bound_to: str, code: Secret, *, expected_digest: str) -> bool:
        """Tell whether a code has the digest, in a time that says nothing of how much of it is right."""
        return same(self.digest_of(bound_to, code).encode(), expected_digest.encode())
