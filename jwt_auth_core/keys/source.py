"""Where keys come from when they change while a process runs: the protocol, and the key not yet known."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, Protocol

from jwt_auth_core.errors import WeakKeyError
from jwt_auth_core.keys.ring import KeyRing


class KeySource(Protocol):
    """Keys that change. Its methods may be called by any thread, and take no time to speak of."""

    def follow(self, replace: Callable[[KeyRing], None]) -> None:
        """Call *replace* with every later ring, from a thread of the source's own."""
        ...

    def look(self) -> None:
        """See to it that changes are noticed from now on, also in a forked child."""
        ...

    def miss(self) -> None:
        """Hear that a token names a key that the ring does not have.

        Raises:
            StoreUnavailableError: the key may become known soon; until then the token is neither
                right nor wrong.
        """
        ...

    def close(self) -> None:
        """End the thread; the keys stay as they are."""
        ...


class FollowedKeys(KeySource, Protocol):
    """Keys that change, and the ring to begin with."""

    ring: KeyRing


class UnknownKey:
    """Fills a ring while no key is known: no token can name it, and no signature is right."""

    algorithm = ""
    key_id = ""
    can_sign = False

    def sign(self, message: bytes) -> NoReturn:
        """Refuse to sign.

        Raises:
            WeakKeyError: always.
        """
        del message
        raise WeakKeyError("no key is known yet")

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Refuse every signature."""
        del message, signature
        return False

    def __repr__(self) -> str:
        return "UnknownKey()"
