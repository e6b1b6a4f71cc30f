"""A ticket, its digest, and what a store of tickets promises.

A ticket looks like ``ticket.`` and 43 characters of base64url: no access token looks so, and each
character may stand in a subprotocol (RFC 9110 section 5.6.2). Stores see its SHA-256 alone.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import StoreUnavailableError, TokenInvalidError, UnavailableError
from jwt_auth_core.vocabulary import Secret

PREFIX: Final = "ticket."
TTL_SECONDS: Final = 30
RANDOM_BYTES: Final = 32

_FORM: Final = re.compile(r"ticket\.[A-Za-z0-9_-]{43}")

Redeemed = str | StoreUnavailableError | None
"""What was kept with a ticket; None when it is unknown, spent or too old; or why nobody can tell."""


def new_ticket(entropy: Callable[[int], bytes] = os.urandom) -> Secret:
    """Return a ticket of 256 random bits.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    try:
        return Secret(PREFIX + b64url_encode(entropy(RANDOM_BYTES)))
    except OSError as error:
        raise UnavailableError("the system gives no random bytes") from error


def digest_of(text: str) -> str:
    """Return the SHA-256 of a ticket, in base64url.

    Raises:
        TokenInvalidError: the text is not of a ticket's form.
    """
    if not _FORM.fullmatch(text):
        raise TokenInvalidError("it is no ticket")
    return b64url_encode(hashlib.sha256(text.encode()).digest())


class TicketStore(Protocol):
    """Keeps a text under a ticket's digest until it is redeemed, or its time is over."""

    def keep(self, digest: str, text: str, *, seconds: int) -> None:
        """Keep the text for so long; raises UnavailableError when it may not be kept."""
        ...

    def redeem(self, digests: Sequence[str]) -> list[Redeemed]:
        """Take out what is kept, in order: each digest is good once, whichever process asks first.

        Raises:
            UnavailableError: the store does not answer; nobody knows whether the tickets are spent.
        """
        ...
