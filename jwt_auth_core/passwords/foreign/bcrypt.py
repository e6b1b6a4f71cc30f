"""bcrypt by the package of that name."""

from __future__ import annotations

from jwt_auth_core.errors import MissingDriverError

try:
    from bcrypt import checkpw
except ModuleNotFoundError as missing:
    raise MissingDriverError("bcrypt", extra="bcrypt") from missing


def matches(password: bytes, stored: bytes) -> bool:
    """Tell whether the hash is that of the password; False of one that bcrypt itself does not read."""
    try:
        return checkpw(password, stored)
    except ValueError:  # a salt with unused bits that are set
        return False
