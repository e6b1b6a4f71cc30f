"""Epoch: a ring of keys and what was learned with it. New keys make a new epoch, which knows nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.tokens.header import read_header, write_header
from jwt_auth_core.tokens.rules import Verified

_HEADERS: Final = 64

Check = Callable[[bytes, bytes], bool]
"""A key's ``verify(message, signature)``."""


class Epoch:
    """What verification knows of one ring; replaced as a whole, so that no token outlives its key.

    ``headers`` and ``tokens`` hold only what came with a right signature: strangers can neither
    fill nor flush them. ``opening`` is how a token of the newest key begins.
    """

    __slots__ = ("headers", "keys", "opening", "tokens")

    def __init__(self, keys: KeyRing) -> None:
        self.keys = keys
        self.opening = write_header(keys.newest) + b"."
        self.headers: dict[bytes, tuple[Check, ...]] = {}
        self.tokens: OrderedDict[str, Verified] = OrderedDict()

    def checks(self, segment: bytes) -> tuple[Check, ...]:
        """Return the keys' ``verify`` that the header *segment* may mean; none for an unknown key.

        Raises:
            TokenInvalidError: it is no header of an access token.
        """
        header = read_header(segment)
        keys = self.keys.find(algorithm=header.algorithm, key_id=header.key_id)
        return tuple(key.verify for key in keys)

    def learn_header(self, segment: bytes, checks: tuple[Check, ...]) -> None:
        """Keep what a header means; call this after one of *checks* was satisfied."""
        if len(self.headers) < _HEADERS:
            self.headers[segment] = checks

    def learn_token(self, token: str, verified: Verified, *, capacity: int) -> None:
        """Keep a verified token; the oldest of more than *capacity* goes."""
        self.tokens[token] = verified
        if len(self.tokens) > capacity:
            self.tokens.popitem(last=False)
