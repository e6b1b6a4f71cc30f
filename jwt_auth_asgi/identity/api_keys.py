"""API keys at the edge: whom one names, from memory where it was looked up within the last second.

What a store said of a key counts for a second, neither past its end nor where a revocation is heard of: then
it is asked again. So no revoked key and no scope that its owner lost lives longer, whatever the feed does.
A flood of keys that nobody has disturbs no key in use: those are renewed together, in a queue of their own;
of unknown ones a few are looked up at a time, and the networks that they come from take turns.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from typing import Final, Literal, Protocol, TypeVar, cast

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.executors.batcher import Batcher
from jwt_auth_asgi.executors.pool import Pool
from jwt_auth_asgi.http import client_address
from jwt_auth_asgi.http.client_key import network_of
from jwt_auth_asgi.identity.identity import AuthenticatedUser, User
from jwt_auth_asgi.identity.revocation_check import RevocationCheck
from jwt_auth_core.api_keys.key_text import digest_of, is_key
from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.records import dataclass
from jwt_auth_core.steps import aside
from jwt_auth_core.tokens.claims import Claims

FRESH_SECONDS: Final = 0.9
MOST_KNOWN: Final = 4096
"""How many good keys are remembered, and as many bad ones, apart from them: strangers flush nobody."""
LOOK_UPS_AT_ONCE: Final = 2
LOOK_UPS_WAITING: Final = 256
RENEWALS_WAITING: Final = 4096

_REFUSED: Final = "it is no API key, or was revoked"

E = TypeVar("E")

Verify = Callable[[Sequence[str]], list[Claims | AuthError]]


class HasApiKeys(Protocol):
    """The use cases of API keys, as far as they matter here."""

    @property
    def verify(self) -> Verify:
        """Return what looks keys up."""
        ...


class HasTime(Protocol):
    """What verifies access tokens, as far as it matters here."""

    @property
    def now(self) -> Callable[[], float]:
        """Return what tells the time by which tokens and keys are judged."""
        ...


class CountsProxies(Protocol):
    """What of the settings matters to this file."""

    @property
    def trusted_proxy_count(self) -> int:
        """Return how many proxies stand before the application."""
        ...


class KnowsApiKeys(Protocol):
    """What an `Auth` is to this file."""

    @property
    def tokens(self) -> HasTime:
        """Return what verifies access tokens."""
        ...

    @property
    def settings(self) -> CountsProxies:
        """Return the settings, which say how many proxies there are."""
        ...

    @property
    def api_keys(self) -> HasApiKeys:
        """Return the use cases."""
        ...


@dataclass(frozen=True, slots=True)
class ApiKeyUser(AuthenticatedUser):
    """The owner of an API key, with the scopes that the key has of the owner's."""

    @property
    def kind(self) -> Literal["api_key"]:
        """What the caller presented."""
        return "api_key"

    @property
    def key_id(self) -> str:
        """What lists call the key."""
        return self.claims.token_id


class UnreadKeyError(Exception):
    """Raised when a key has to be looked up, which is to be awaited; never leaves the middleware."""

    def __init__(self, keys: ApiKeys, key: bytes) -> None:
        super().__init__("an API key is to be looked up")
        self.keys, self.key = keys, key


class ApiKeys:
    """The keys of an `Auth`; a class because it remembers them and owns the threads that ask for more.

    ``check`` raises where a revocation concerns the claims. ``fresh_seconds`` 0 asks at each request.
    """

    def __init__(
        self,
        auth: KnowsApiKeys,
        check: Callable[[Claims], None] | None,
        *,
        fresh_seconds: float = FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._check, self._clock, self._fresh_seconds = check, clock, fresh_seconds
        self._now = auth.tokens.now
        self._proxies = auth.settings.trusted_proxy_count
        self._verify = verify = auth.api_keys.verify
        self._good: OrderedDict[bytes, tuple[float, ApiKeyUser]] = OrderedDict()
        self._bad: OrderedDict[bytes, float] = OrderedDict()
        self._renewing: Batcher[str, Claims] = Batcher("api-key", aside(verify), waiting=RENEWALS_WAITING)
        self._looking_up = Pool("api-key", threads=LOOK_UPS_AT_ONCE, waiting=LOOK_UPS_WAITING)

    def of_token(self, key: bytes) -> ApiKeyUser:
        """Return whom a key names, as far as that is known.

        Raises:
            UnreadKeyError: that is to be looked up.
            TokenInvalidError: it is no key, or was none within the last second.
            UnavailableError: nobody knows what was revoked, and the policy wants to know.
        """
        mark = sha256(key).digest()
        known = self._good.get(mark)
        if known is not None and self._clock() < known[0] and self._now() < known[1].claims.expires_at:
            try:
                if self._check is not None:
                    self._check(known[1].claims)
            except TokenInvalidError:  # or its owner's sessions ended, and the key goes on
                raise UnreadKeyError(self, key) from None
            return known[1]
        if self._clock() < self._bad.get(mark, 0.0) or not is_key(key.decode("latin-1")):
            raise TokenInvalidError(_REFUSED)
        raise UnreadKeyError(self, key)

    async def look_up(self, key: bytes, scope: Scope) -> ApiKeyUser:
        """Ask the store whom a key names.

        Raises:
            TokenInvalidError: it is nobody's, or revoked, or over; or its owner is disabled.
            UnavailableError: a store does not answer, or too many wait.
        """
        mark, text = sha256(key).digest(), digest_of(key.decode("ascii"))
        if mark not in self._good:
            address = client_address.address(scope, trusted_proxy_count=self._proxies)
            first = partial(self._first, text, mark)
            return await self._looking_up.submit(first, owner=network_of(address))
        begun = self._clock()
        try:
            return self._learn(mark, await self._renewing.ask(text), begun)
        except TokenInvalidError as error:
            return self._learn(mark, error, begun)

    def _first(self, text: str, mark: bytes) -> ApiKeyUser:
        """Look a key up in a thread, unless another has while this waited."""
        begun = self._clock()
        known = self._good.get(mark)
        if known is not None and begun < known[0] and self._now() < known[1].claims.expires_at:
            return known[1]
        if begun < self._bad.get(mark, 0.0):
            raise TokenInvalidError(_REFUSED)
        (answer,) = self._verify([text])
        return self._learn(mark, answer, begun)

    def _learn(self, mark: bytes, answer: Claims | AuthError, begun: float) -> ApiKeyUser:
        """Remember what a store said to a question, for a second since it was begun."""
        until = begun + self._fresh_seconds
        if isinstance(answer, AuthError):
            self._good.pop(mark, None)
            _keep(self._bad, mark, until)
            raise answer
        user = ApiKeyUser(answer)
        _keep(self._good, mark, (until, user))
        return user


def _keep(known: OrderedDict[bytes, E], mark: bytes, entry: E) -> None:
    """Keep an entry as the newest; of too many the oldest is forgotten."""
    known.pop(mark, None)
    known[mark] = entry
    if len(known) > MOST_KNOWN:
        known.popitem(last=False)


def api_keys(auth: object, check: RevocationCheck) -> ApiKeys | None:
    """Return the keys of an `Auth`, judged as its tokens are; nobody else has any."""
    if not hasattr(auth, "api_keys"):
        return None
    asks_always = check.recheck is not None
    fresh_seconds = 0.0 if asks_always else FRESH_SECONDS
    return ApiKeys(cast("KnowsApiKeys", auth), check.check, fresh_seconds=fresh_seconds)


async def identified(identify: Callable[[Scope], User], scope: Scope) -> User:
    """Return whom ``identify`` finds; where a key is to be looked up, do that.

    Raises what both raise.
    """
    try:
        return identify(scope)
    except UnreadKeyError as unread:
        keys, key = unread.keys, unread.key
    return await keys.look_up(key, scope)
