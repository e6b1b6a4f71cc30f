"""TokenVerifier: whether a token is authentic, meant for us and in its time. No store and no lock.

Nothing from outside is needed but a clock; keys that are followed come from a thread of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from jwt_auth_core.errors import TokenError, TokenInvalidError, UnavailableError
from jwt_auth_core.keys.key import Key
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.keys.source import KeySource
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.tokens.expectations import Expectations
from jwt_auth_core.tokens.limits import Limits
from jwt_auth_core.tokens.presented import text_of, too_long, without_traces
from jwt_auth_core.tokens.rules import Verified
from jwt_auth_core.tokens.verifier_cache import Check, VerifierCache, VerifierStats
from jwt_auth_core.vocabulary import Clock

T = TypeVar("T")

_BY_NOBODY: Final = "its signature is not by a known key"


class TokenVerifier:
    """Verifies access tokens; a class because keys and rules are prepared once, and tokens remembered.

    The second look at a token is a dictionary lookup; its time and the keys are checked each time. Whether
    its session was ended since is the caller's to look up, by the claims' ``session_id``: ``verify``
    depends on nothing but the token, the time and the keys. ``parties`` are by whom and for whom,
    ``profile`` is what they look like; tokens of up to ``memorable`` characters are remembered. ``secret`` is
    an HS256 key that the issuer shares with us beside its published ones.
    """

    __slots__ = (
        *("_capacity", "_clock", "_cache", "_longest", "_rules", "_secret", "_source"),
        *("limits", "memorable", "parties", "profile"),
    )

    def __init__(
        self,
        keys: KeyRing,
        expected: Expectations,
        *,
        clock: Clock | None,
        limits: Limits,
        secret: Key | None = None,
    ) -> None:
        # Half the time of a clock that rounds down, and as right: the times of tokens are whole seconds.
        self._clock: Callable[[], float] = clock or time.time
        self.limits, self._longest = limits, limits.characters
        self._capacity = limits.remembered
        self.memorable = limits.remembered_characters if limits.remembered else -1
        self.parties, self.profile, self._rules = expected.parties, expected.profile, expected.rules
        self._source: KeySource | None = None
        self._secret = secret
        self._cache = self._empty_cache(keys)

    @property
    def keys(self) -> KeyRing:
        """The keys in force."""
        return self._cache.keys

    def replace_keys(self, keys: KeyRing) -> None:
        """Put *keys* in force; what was signed by others stops verifying at once (JWT-18)."""
        self._cache = self._empty_cache(keys)

    def stats(self) -> VerifierStats:
        """Return what is remembered of what was verified."""
        cache = self._cache
        return VerifierStats(tuple(cache.tokens), len(cache.headers))

    def _empty_cache(self, keys: KeyRing) -> VerifierCache:
        return VerifierCache(
            keys,
            profile=self.profile,
            capacity=self._capacity,
            miss=None if self._source is None else self._source.miss,
            secret=self._secret,
        )

    def follow(self, source: KeySource) -> None:
        """Put every later ring of *source* in force; its thread starts with the next token."""
        self._source = source
        self.replace_keys(self.keys)
        source.follow(self.replace_keys)

    def close(self) -> None:
        """End the thread that follows the keys, if there is one; the keys stay as they are."""
        if self._source is not None:
            self._source.close()

    def now(self) -> float:
        """Return the time by which tokens are judged, in seconds since the epoch."""
        return self._clock()

    def verify(self, token: str | bytes, *, now: int | None = None) -> Claims:
        """Return what *token* says, if it is authentic, meant for us and within its time.

        Raises:
            TokenInvalidError: it is not; or it is no token at all, but any other object (JWT-15).
            TokenExpiredError: only its time is over: ``now >= exp``.
            StoreUnavailableError: its key may become known; only where keys are asked for (`from_jwks`).
        """
        time_now = self._clock() if now is None else now
        try:
            if type(token) is not str:
                token = text_of(token, longest=self._longest)
            cache = self._cache
            known = cache.tokens.get(token)
            if known is None or not known[0] <= time_now < known[1]:
                size = len(token)
                if size > self._longest:  # before it is copied
                    raise too_long(self._longest)
                known = self._examine(cache, token.encode("ascii", "replace"), time_now)
                if size <= self.memorable:
                    cache.remember(token, known)
            claims: Claims = known[2]
        except (TokenError, UnavailableError) as error:
            token, known = "", None
            raise without_traces(error) from None
        return claims

    def verify_header(
        self, value: bytes, token_of: Callable[[bytes], bytes | None], caller_of: Callable[[Claims], T]
    ) -> T | None:
        """Return what ``caller_of`` makes of the claims in an Authorization header's *value*.

        ``token_of`` takes a value apart, and may raise; where it finds no token, there is no caller.
        A value that was seen before is recognised as it came, its expiry and key minded all the same,
        and the caller that was made of it comes back.

        Raises:
            TokenError, StoreUnavailableError: see `verify`.
        """
        now = self._clock()
        try:
            cache = self._cache
            known = cache.tokens.get(value)
            if known is not None and known[0] <= now < known[1] and known[3] is caller_of:
                caller: T = known[4]
                return caller
            token = token_of(value)
            if token is None:
                return None
            if len(token) > self._longest:
                raise too_long(self._longest)
            start, end, claims = self._examine(cache, token, now)
            entry = start, end, claims, caller_of, caller_of(claims)
            if len(token) <= self.memorable:
                cache.remember(value, entry)
            return entry[4]
        except (TokenError, UnavailableError) as error:
            value, token, known = b"", None, None
            raise without_traces(error) from None

    def _examine(self, cache: VerifierCache, token: bytes, now: float) -> Verified:
        """Verify a token that is not remembered."""
        if self._source is not None:
            self._source.look()
        message, _, signature = token.rpartition(b".")
        header, _, payload = message.partition(b".")
        known = cache.headers.get(header)
        try:
            is_signed = known or cache.check_of(header)
            if not is_signed(payload, signature):
                raise TokenInvalidError(_BY_NOBODY)  # noqa: TRY301 - a call takes time
        except TokenInvalidError:
            if cache is self._cache:
                raise
            cache, known = self._cache, None  # other keys came meanwhile: once more, by those
            is_signed = _check_by(cache, header, payload, signature)
        if known is None:
            cache.learn(header, is_signed)
        try:
            verified = self._rules.read(payload, now=now)
        except ValueError:
            raise TokenInvalidError("its payload is not canonical base64url of strict JSON") from None
        if cache.has_owners:
            self.parties.check_owner(cache.owners_of(header), verified[2].extra)
        return verified


def _check_by(cache: VerifierCache, header: bytes, payload: bytes, signature: bytes) -> Check:
    """Return what checks signatures behind this header, if it finds this one right."""
    is_signed = cache.check_of(header)
    if not is_signed(payload, signature):
        raise TokenInvalidError(_BY_NOBODY)
    return is_signed
