"""Random bytes of the system, and one error where it gives none (F-29).

Not for the ids of access tokens: whoever issues one loads keys and tokens alone.
"""

from __future__ import annotations

from collections.abc import Callable

from jwt_auth_core.errors import UnavailableError


def random_bytes(length: int, entropy: Callable[[int], bytes]) -> bytes:
    """Return so many random bytes of ``entropy``, which is `os.urandom` but in tests.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    try:
        return entropy(length)
    except OSError as error:
        raise UnavailableError("the system gives no random bytes") from error
