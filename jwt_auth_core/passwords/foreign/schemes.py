"""The schemes of other systems that are read, in one list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from jwt_auth_core.passwords.foreign import blowfish, firebase, pbkdf2, scrypt
from jwt_auth_core.passwords.foreign.check import Check

LONGEST: Final = 512
"""How many characters a stored hash may have; each of ours and of theirs has fewer."""

_PARSERS: Final[tuple[Callable[[str], Check | None], ...]] = (
    blowfish.parse,
    pbkdf2.parse,
    scrypt.parse,
    firebase.parse,
)


def driver_of(stored: str) -> object:
    """Return the function of a driver that the check of such a hash calls; None where it needs none.

    Raises:
        MissingDriverError: the package is not installed.
    """
    if stored.startswith(("$2", "bcrypt", "$bcrypt")):
        from jwt_auth_core.passwords.foreign.bcrypt import matches  # noqa: PLC0415 - a driver

        return matches
    if stored.startswith("$fbscrypt"):
        from jwt_auth_core.passwords.foreign.cryptography import aes_ctr  # noqa: PLC0415 - a driver

        return aes_ctr
    return None


def check_of(stored: str) -> Check | None:
    """Return the check of another system's hash; None where we know no such scheme, or it is too dear."""
    if len(stored) > LONGEST:
        return None
    return next(filter(None, (parse(stored) for parse in _PARSERS)), None)
