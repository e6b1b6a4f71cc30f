"""A one-time code: random, for one purpose, good once and for a while; and what a store of codes promises.

A code looks like its purpose, a dot and 43 characters of base64url: no access token looks so, and each
character may stand in a websocket's subprotocol (RFC 9110 section 5.6.2). Stores see its SHA-256 alone.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret

RANDOM_BYTES: Final = 32

_NAME: Final = re.compile("[a-z]+(_[a-z]+)*", re.ASCII)
_RANDOM: Final = re.compile("[A-Za-z0-9_-]{43}", re.ASCII)

Redeemed = str | StoreUnavailableError | None
"""What was kept with a code; None when it is unknown, spent or too old; or why nobody can tell."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a code is good for, and for how many seconds at most.

    The name begins every code and goes into its digest: a code of one purpose opens no door of another,
    whatever a caller writes in front of it.

    Raises:
        ValueError: the name is not made of lower-case words, or the lifetime is less than a second.
    """

    name: str
    ttl_seconds: int

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.ttl_seconds < 1:
            raise ValueError("a purpose is lower-case words joined by _, its lifetime at least one second")

    @property
    def prefix(self) -> str:
        """What every code of this purpose begins with, and no other."""
        return f"{self.name}."

    def new(self, entropy: Callable[[int], bytes] = os.urandom) -> Secret:
        """Return a code of 256 random bits.

        Raises:
            UnavailableError: the system gives no random bytes.
        """
        return Secret(self.prefix + b64url_encode(random_bytes(RANDOM_BYTES, entropy)))

    def digest_of(self, text: str) -> str:
        """Return the SHA-256 of a code, its purpose included, in base64url.

        Raises:
            TokenInvalidError: the text is not of the form of such a code.
        """
        if not text.startswith(self.prefix) or not _RANDOM.fullmatch(text, len(self.prefix)):
            raise TokenInvalidError(f"it is no {self.name}")
        return b64url_encode(hashlib.sha256(text.encode()).digest())


WS_TICKET: Final = Purpose("ticket", ttl_seconds=30)
"""Opens one websocket; from the asking to the handshake half a minute is plenty."""


class CodeStore(Protocol):
    """Keeps a text under a code's digest until it is redeemed, or its time is over."""

    def keep(self, digest: str, text: str, *, seconds: int) -> None:
        """Keep the text for so long; raises UnavailableError when it may not be kept."""
        ...

    def redeem(self, digests: Sequence[str]) -> list[Redeemed]:
        """Take out what is kept, in order: each digest is good once, whichever process asks first.

        Raises:
            UnavailableError: the store does not answer; nobody knows whether the codes are spent.
        """
        ...
