"""AccessTokens: issue and verify. No store and no lock, nothing outside but a clock and random bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from json.encoder import encode_basestring as quoted
from typing import Any, Final, Self, TypeVar, cast

from jwt_auth_core.errors import AuthError, TokenError, TokenInvalidError, UnavailableError
from jwt_auth_core.keys.ring import KeyRing
from jwt_auth_core.keys.source import KeySource
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.tokens.epoch import Epoch, Remembered
from jwt_auth_core.tokens.ids import random_id
from jwt_auth_core.tokens.limits import Limits
from jwt_auth_core.tokens.rules import Rules, Verified
from jwt_auth_core.tokens.scope import render_scopes
from jwt_auth_core.tokens.template import Template
from jwt_auth_core.vocabulary import Clock

DEFAULT_LIMITS: Final = Limits()

T = TypeVar("T")


class AccessTokens:
    """Issues access tokens and verifies them; a class because keys, rules and text are prepared once.

    One object serves all threads. Verified tokens are remembered, so that the second look at one
    is a dictionary lookup; its time and the keys are checked each time. Whether its session was
    ended since is the caller's to look up, by the claims' ``session_id``: ``verify`` depends on
    nothing but the token, the time and the keys.

    ``issuer`` and ``audience``, where set, are written into tokens and demanded of them.
    ``ttl_seconds`` is the lifetime of an issued token. ``clock`` tells the time where ``now``
    (whole seconds since the epoch) is not given; by default the system does.

    Raises:
        ValueError: an empty issuer or audience, or a lifetime under a second.
    """

    __slots__ = (
        "_capacity",
        "_clock",
        "_epoch",
        "_longest",
        "_memorable",
        "_rules",
        "_source",
        "_template",
        "ttl_seconds",
    )

    def __init__(  # noqa: PLR0913 - a constructor names all its parts
        self,
        keys: KeyRing,
        *,
        issuer: str | None = None,
        audience: str | None = None,
        ttl_seconds: int = 900,  # 15 minutes
        clock: Clock | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        if "" in {issuer, audience}:
            raise ValueError("an issuer or audience is a text, or None; not empty")
        if ttl_seconds < 1:
            raise ValueError("ttl_seconds is at least 1")
        self.ttl_seconds = ttl_seconds
        # Half the time of a clock that rounds down, and as right: see the comparisons with ints.
        self._clock: Callable[[], float] = clock or time.time
        self._longest = limits.characters
        self._capacity = limits.remembered
        self._memorable = limits.remembered_characters if limits.remembered else -1
        self._rules = Rules(
            issuer=issuer,
            audience=audience,
            max_lifetime_seconds=max(limits.lifetime_seconds, ttl_seconds),
            leeway_seconds=limits.leeway_seconds,
        )
        self._template = Template(issuer=issuer, audience=audience)
        self._source: KeySource | None = None
        self._epoch = Epoch(keys)

    @classmethod
    def from_jwks(
        cls,
        place: str | bytes | Mapping[str, object],
        *,
        issuer: str | None = None,
        audience: str | None = None,
        clock: Clock | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Self:
        """Return what verifies another service's tokens by its published keys, and issues none.

        *place* is the https URL of a key set (http only on this machine), or the key set itself. A URL
        is asked in a thread, from the first token on: `verify` never waits for it, and raises
        StoreUnavailableError while a key may yet become known. docs/keys.md says how often it is asked.

        Raises:
            ValueError: the URL is none that is asked, or the key set has too many keys, or two of one name.
            WeakKeyError: the key set is none, or has no key that can be used.
            MissingDriverError: PyJWT or cryptography is not installed.
        """
        if not (isinstance(place, str) and place.lower().startswith(("https:", "http:"))):
            ring = KeyRing.from_jwks(place)
            return cls(ring, issuer=issuer, audience=audience, clock=clock, limits=limits)
        from jwt_auth_core.keys.remote import RemoteKeys  # noqa: PLC0415 - urllib, where it is used

        source = RemoteKeys(place)
        tokens = cls(source.ring, issuer=issuer, audience=audience, clock=clock, limits=limits)
        tokens.follow(source)
        return tokens

    @property
    def keys(self) -> KeyRing:
        """The keys in force."""
        return self._epoch.keys

    def replace_keys(self, keys: KeyRing) -> None:
        """Put *keys* in force; what was signed by others stops verifying at once (JWT-18)."""
        source = self._source
        self._epoch = Epoch(keys, miss=None if source is None else source.miss)

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

    def issue(  # noqa: PLR0913 - a token has that many parts
        self,
        *,
        subject: str,
        scopes: Iterable[str] = (),
        session_id: str | None = None,
        session_version: int | None = None,
        extra: Mapping[str, object] | None = None,
        token_id: str | None = None,
        now: int | None = None,
    ) -> str:
        """Return a signed access token for *subject*, a user's id.

        ``session_version`` is the user's (`User.session_version`); without one a cut-off judges the token
        by its time. ``extra`` claims are JSON values under names that have no other meaning. Without a
        ``token_id`` one of 128 random bits is made.

        Raises:
            TypeError: an argument of a wrong type.
            ValueError: an empty subject or session id, a lone surrogate, a scope outside RFC 6749's
                characters, an extra claim that is registered or too large, a token over the limit;
                or the newest key cannot sign.
            UnavailableError: the system gives no random bytes.
        """
        if self._source is not None:
            self._source.look()
        epoch = self._epoch
        if now is None:
            now = int(self._clock())
        elif type(now) is not int:
            raise TypeError("now is an int, whole seconds since the epoch")
        payload = self._template.write(
            _quoted(subject),
            render_scopes(scopes),
            None if session_id is None else _quoted(session_id),
            f'"{random_id()}"' if token_id is None else _quoted(token_id),
            (now, now + self.ttl_seconds),
            extra,
            session_version,
        )
        token = epoch.opening + payload + b"." + epoch.sign(payload)
        if len(token) > self._longest:
            msg = f"the token has {len(token)} characters, at most {self._longest} are allowed"
            raise ValueError(msg)
        return token.decode("ascii")

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
                token = self._text(token)
            epoch = self._epoch
            known = epoch.tokens.get(token)
            if known is not None and known[0] <= time_now < known[1]:
                return known[2]
            # One character more than may be, so that what is too long is found to be, and not copied.
            octets = token[: self._longest + 1].encode("ascii", "replace")
            start, end, claims = self._examine(epoch, octets, time_now)
            entry = start, end, claims, None, None
            if len(octets) <= self._memorable:
                self._remember(epoch, token, entry)
            return entry[2]
        except (TokenError, UnavailableError) as error:
            token, octets, known = "", b"", None
            raise _without_traces(error) from None

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
            epoch = self._epoch
            known = epoch.tokens.get(value)
            if known is not None and known[0] <= now < known[1] and known[3] is caller_of:
                caller: T = known[4]
                return caller
            token = token_of(value)
            if token is None:
                return None
            start, end, claims = self._examine(epoch, token, now)
            entry = start, end, claims, caller_of, caller_of(claims)
            if len(token) <= self._memorable:
                self._remember(epoch, value, entry)
            return entry[4]
        except (TokenError, UnavailableError) as error:
            value, token, known = b"", None, None
            raise _without_traces(error) from None

    def _examine(self, epoch: Epoch, token: bytes, now: float) -> Verified:
        """Verify a token that is not remembered."""
        if len(token) > self._longest:
            raise self._too_long()
        if self._source is not None:
            self._source.look()
        header, _, rest = token.partition(b".")
        payload, _, signature = rest.rpartition(b".")
        known = epoch.headers.get(header)
        is_signed = known or epoch.check_of(header)
        if not is_signed(payload, signature):
            raise TokenInvalidError("its signature is not by a known key")
        if known is None:
            epoch.learn(header, is_signed)
        try:
            return self._rules.read(payload, now=now)
        except ValueError:
            raise TokenInvalidError("its payload is not canonical base64url of strict JSON") from None

    def _remember(self, epoch: Epoch, seen: str | bytes, entry: Remembered) -> None:
        remembered = epoch.tokens
        remembered[seen] = entry
        if len(remembered) > self._capacity:
            remembered.popitem(last=False)  # the oldest

    def _text(self, token: object) -> str:
        """Return the text that was given as something else."""
        # Asked of the types, because an object, or a subclass of str, may lie or fail.
        is_text, is_octets = issubclass(type(token), str), issubclass(type(token), bytes)
        if not (is_text or is_octets):
            raise TokenInvalidError("it is neither text nor bytes")
        if (str if is_text else bytes).__len__(cast("Any", token)) > self._longest:
            raise self._too_long()
        if is_text:
            return str.__str__(cast("str", token))
        return bytes.decode(cast("bytes", token), "latin-1")  # foreign characters stay foreign

    def _too_long(self) -> TokenInvalidError:
        return TokenInvalidError(f"it is longer than {self._longest} characters")

    def __repr__(self) -> str:
        return f"AccessTokens({self._epoch.keys!r}, ttl_seconds={self.ttl_seconds})"


def _without_traces(error: AuthError) -> AuthError:
    # Neither a frame nor a chained error may show a token or claims (JWT-16).
    error.__context__ = None
    return error.with_traceback(None)


def _quoted(text: object) -> str:
    if text and isinstance(text, str):
        return quoted(text)
    if not isinstance(text, str):
        raise TypeError("subject, session_id and token_id are str")
    raise ValueError("subject, session_id and token_id are not empty")
