"""Recovery codes: ten texts of 120 random bits, each good once, for who has lost every other second factor.

The database has a digest of each that knows its user (REC-1); that many bits nobody guesses from it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from typing import Final, Protocol

from jwt_auth_core.assurance import RECOVERY
from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret, UserId

CODES: Final = 10
CODE_BYTES: Final = 15
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: none is taken for another."""
_GROUP: Final = 4
_LENGTH: Final = 24
_BITS: Final = 5
_FORM: Final = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}", re.ASCII)
_AS_TYPED: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


class RecoveryStore(Protocol):
    """Keeps digests, in the transaction that the caller stands in where it stands in one.

    Every method raises UnavailableError when the store does not answer.
    """

    def replace(self, user_id: UserId, digests: Collection[str]) -> None:
        """Keep these, and none of before."""
        ...

    def count(self, user_id: UserId) -> int:
        """Return how many are left."""
        ...

    def take(self, user_id: UserId, digest: str) -> bool:
        """Spend one; of many at once, one is told that it did."""
        ...


def new_codes(entropy: Callable[[int], bytes]) -> tuple[Secret, ...]:
    """Return ten codes, in groups of four characters.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return tuple(_spelled(random_bytes(CODE_BYTES, entropy)) for _ in range(CODES))


def _spelled(octets: bytes) -> Secret:
    number = int.from_bytes(octets)
    text = "".join(_ALPHABET[number >> _BITS * place & 31] for place in reversed(range(_LENGTH)))
    return Secret("-".join(text[i : i + _GROUP] for i in range(0, _LENGTH, _GROUP)))


def read_recovery_code(value: object) -> Secret:
    """Return a code as somebody typed it, in whatever case and grouping.

    Raises:
        ValueError: it is none.
    """
    text = value.upper().translate(_AS_TYPED) if isinstance(value, str) else ""
    if not _FORM.fullmatch(text):
        raise ValueError("must be a text of 24 letters and digits")
    return Secret(text)


def recovery_digest(user_id: UserId, code: Secret) -> str:
    """Return what is stored of a code, as `read_recovery_code` returns it."""
    return b64url_encode(hashlib.sha256(f"recovery {user_id} {code.reveal()}".encode()).digest())


@dataclass(frozen=True, slots=True)
class RecoveryFactor:
    """The `Factor` of recovery codes."""

    store: RecoveryStore

    name = "recovery"
    field = "recovery_code"

    def is_enrolled(self, user_id: UserId) -> bool:
        """See `Factor.is_enrolled`."""
        return self.store.count(user_id) > 0

    def read(self, value: object) -> object:
        """See `Factor.read`."""
        return read_recovery_code(value)

    def verify(self, user_id: UserId, answer: object, *, challenge: str | None) -> tuple[str, ...] | None:
        """See `Factor.verify`."""
        del challenge  # a code is good for any login
        if isinstance(answer, Secret) and self.store.take(user_id, recovery_digest(user_id, answer)):
            return (RECOVERY,)
        return None
