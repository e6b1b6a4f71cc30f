"""What verification remembers: a ring of keys and what was learned with it.

New keys make a new cache, which is empty.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, NoReturn

from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.keys.hs256 import Hs256Key
from jwt_auth_core.keys.key import Key, PreparedKey
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.header import read_header, write_header
from jwt_auth_core.tokens.profile import TokenProfile

MOST_HEADERS: Final = 64

Sign = Callable[[bytes], bytes]
"""Signs the payload of a token whose header is known; both as they stand in the token."""

Check = Callable[[bytes, bytes], bool]
"""Tells whether the signature of a payload behind a known header is right."""


@dataclass(frozen=True, slots=True)
class VerifierStats:
    """What is remembered: tokens as they came, the oldest first, and how many headers."""

    tokens: tuple[str | bytes, ...]
    headers: int


class VerifierCache:
    """What verification knows of one ring; replaced as a whole, so that no token outlives its key.

    ``headers`` and ``tokens`` hold only what came with a right signature: strangers can neither
    fill nor flush them. A token stands there as it came: as text, or as the value of a header.
    ``signing_prefix`` is how a token of the newest key begins, and ``sign`` signs what follows. ``miss`` is
    called when a token names an unknown key. ``has_owners`` where keys are for one issuer each. ``secret``
    is the key of every token of its algorithm, whatever their headers call it, and of no other.
    """

    __slots__ = (
        *(
            "_capacity",
            "has_owners",
            "headers",
            "keys",
            "miss",
            "secret",
            "signing_prefix",
            "profile",
            "sign",
            "tokens",
        ),
    )

    def __init__(
        self,
        keys: KeyRing,
        *,
        profile: TokenProfile,
        capacity: int,
        miss: Callable[[], None] | None = None,
        secret: Key | None = None,
    ) -> None:
        self._capacity = capacity
        self.keys = keys
        self.miss = miss
        self.secret = secret
        self.profile = profile
        self.has_owners = profile.tenant is not None and any(_owner(key) is not None for key in keys.keys)
        self.signing_prefix = write_header(keys.newest) + b"."
        self.sign = _signer(keys.newest, self.signing_prefix)
        self.headers: dict[bytes, Check] = {}
        self.tokens: OrderedDict[str | bytes, tuple[Any, ...]] = OrderedDict()

    def check_of(self, segment: bytes) -> Check:
        """Return what checks the signature of a token with this header *segment*.

        Raises:
            TokenInvalidError: it is no header of an access token, or names an unknown key.
            UnavailableError: it names a key that may become known.
        """
        checks = [_checker(key, segment + b".") for key in self._keys_of(segment)]
        return checks[0] if len(checks) == 1 else partial(_is_by_one_of, checks)

    def owners_of(self, segment: bytes) -> set[str | None]:
        """Return for which issuers the keys are that a header *segment* means."""
        return {_owner(key) for key in self._keys_of(segment)}

    def _keys_of(self, segment: bytes) -> Sequence[Key]:
        header = read_header(segment, self.profile)
        if self.secret is not None and header.algorithm == self.secret.algorithm:
            return (self.secret,)
        keys = self.keys.find(algorithm=header.algorithm, key_id=header.key_id)
        if not keys:
            if self.miss is not None:
                self.miss()
            raise TokenInvalidError("its header names no known key")
        return keys

    def remember(self, seen: str | bytes, verified: tuple[Any, ...]) -> None:
        """Keep what was verified; of too many the oldest is forgotten."""
        tokens = self.tokens
        tokens[seen] = verified
        if len(tokens) > self._capacity:
            tokens.popitem(last=False)

    def learn(self, segment: bytes, check: Check) -> None:
        """Keep what a header means, once a signature was right."""
        if len(self.headers) < MOST_HEADERS:
            self.headers[segment] = check


def _owner(key: Key) -> str | None:
    owner: str | None = getattr(key, "issuer", None)
    return owner


def _signer(key: Key, prefix: bytes) -> Sign:
    if not key.can_sign:
        return _refuse_to_sign
    return key.after(prefix).sign if isinstance(key, Hs256Key) else partial(_signed, key, prefix)


def _checker(key: Key, prefix: bytes) -> Check:
    return key.after(prefix).verify if isinstance(key, PreparedKey) else partial(_is_signed, key, prefix)


def _signed(key: Key, prefix: bytes, payload: bytes) -> bytes:
    return key.sign(prefix + payload)


def _is_signed(key: Key, prefix: bytes, payload: bytes, signature: bytes) -> bool:
    return key.verify(prefix + payload, signature)


def _refuse_to_sign(_payload: bytes) -> NoReturn:
    raise ValueError("the newest key of the ring cannot sign")


def _is_by_one_of(checks: Sequence[Check], payload: bytes, signature: bytes) -> bool:
    return any(check(payload, signature) for check in checks)
