"""The public keys of a client: a JWKS of an operator's in, what is kept out, and the ring of that."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from jwt_auth_core.errors import FieldError, InvalidInputError, WeakKeyError
from jwt_auth_core.keys.jwks import render_jwks
from jwt_auth_core.keys.ring import KeyRing

KeySet = str | bytes | Mapping[str, object]

_REMEMBERED: Final = 256  # an assertion a minute of as many clients; each ring has some kilobytes


def public_keys(jwks: KeySet) -> str:
    """Return the keys of a set that can be used here, as a JWKS of our own spelling.

    Raises:
        InvalidInputError: no key set, no key that can be used, two of one name, or a private one.
        MissingDriverError: PyJWT or cryptography is not installed.
    """
    try:
        return render_jwks(KeyRing.from_jwks(jwks).keys).decode()
    except (WeakKeyError, ValueError) as error:
        raise InvalidInputError([FieldError("jwks", "invalid_jwks", str(error))]) from None


@lru_cache(maxsize=_REMEMBERED)
def ring_of(keys: str) -> KeyRing:
    """Return the ring of a JWKS that `public_keys` made.

    Raises:
        MissingDriverError: PyJWT or cryptography is not installed.
    """
    return KeyRing.from_jwks(keys)
