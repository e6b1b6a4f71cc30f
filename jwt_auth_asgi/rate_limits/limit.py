"""A limit of the application's own: one rule, whom it counts, and the `Auth` whose store keeps count."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Final, Literal, Protocol, cast, get_args

from jwt_auth_asgi.asgi import Scope
from jwt_auth_asgi.executors.pool import Pool
from jwt_auth_asgi.home import home_of
from jwt_auth_asgi.http.client_key import PROXY_FACTOR, client_key
from jwt_auth_asgi.http.unconfigured_proxy import UNCONFIGURED_PROXY
from jwt_auth_asgi.identity.identity import AuthenticatedUser, user_of
from jwt_auth_core.default import default_auth
from jwt_auth_core.events.refused import Whose
from jwt_auth_core.flows.address_limits import note_proxy
from jwt_auth_core.rate_limits import RateLimits, Rule, Verdict, parse_rates
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client

By = Literal["address", "user"]

THREADS: Final = 4
QUEUE: Final = 256
_UNFIT: Final = re.compile(r"[^a-z0-9_.-]+|[_.-]{2,}")


class LimitSetupError(RuntimeError):
    """Raised when a limit of the application's own does not hear what it needs: an `Auth`, or who calls."""


class KeepsCount(Protocol):
    """What an `Auth` is to a limit."""

    @property
    def settings(self) -> Settings:
        """Return the settings, which know of proxies."""
        ...

    @property
    def rate_limits(self) -> RateLimits:
        """Return what counts."""
        ...


class Limit:
    """One rule of the application's own; a class because its rates are read and its `Auth` found once.

    Raises:
        ValueError: the rates read otherwise than `parse_rates` says, or there is no such ``by``.
    """

    def __init__(self, rates: str, *, by: By, name: str, auth: KeepsCount | None) -> None:
        if by not in get_args(By):
            msg = f"by is one of {', '.join(get_args(By))}, not {by!r}"
            raise ValueError(msg)
        self._rule = Rule(name, parse_rates(rates))
        self._wide_rule = self._rule.times(PROXY_FACTOR)
        self._by: By = by
        self._auth = auth

    async def check(self, scope: Scope) -> Sequence[Verdict]:
        """Count a request or websocket, and return how it stands: in memory at once, else in a thread.

        Raises:
            RateLimitedError: it is over the limit.
            OverloadedError: too many wait for a thread.
            LimitSetupError: no `Auth` is known, or nobody looked who calls.
        """
        if not self._rule.rates:
            return ()
        auth = self._known_auth(scope)
        if auth is None:
            auth = await asyncio.to_thread(default_auth)
        if not auth.rate_limits.is_on:
            return ()
        count = self._counting(auth, scope)
        if auth.rate_limits.is_in_memory:
            return count()
        return await _pool().run(count)

    def check_in_thread(self, scope: Scope) -> Sequence[Verdict]:
        """Do the same in the caller's thread, which may wait; raises as `check`."""
        if not self._rule.rates:
            return ()
        return self._counting(self._known_auth(scope) or default_auth(), scope)()

    def _known_auth(self, scope: Scope) -> KeepsCount | None:
        """Return the `Auth` that was given or is in front; None where the process's own is meant."""
        if self._auth is not None:
            return self._auth
        home = home_of(scope)
        if home is None:
            raise LimitSetupError(
                "a limit needs an Auth: wrap the application in BearerMiddleware(app, auth), "
                "or name it in rate_limit(..., auth=auth)"
            )
        found = cast("KeepsCount | None", home.auth)
        if found is not None and not hasattr(found, "rate_limits"):
            raise LimitSetupError(
                f"a limit needs an Auth, and the BearerMiddleware in front has an {type(found).__name__}: "
                "name one in rate_limit(..., auth=auth)"
            )
        return found

    def _counting(self, auth: KeepsCount, scope: Scope) -> Callable[[], list[Verdict]]:
        user = self._user(scope)
        if user is not None:
            return partial(auth.rate_limits.check, self._rule, _user_key(user))
        key = client_key(scope, trusted_proxy_count=auth.settings.trusted_proxy_count)
        rule = self._rule if key.factor == 1 else self._wide_rule
        whose = Whose(client=Client(address=key.text))
        count = partial(auth.rate_limits.check, rule, key.text, whose=whose)
        if UNCONFIGURED_PROXY.note(key):
            return partial(_noting_proxy, auth.rate_limits, count)
        return count

    def _user(self, scope: Scope) -> AuthenticatedUser | None:
        """Return who is counted; None where an address is."""
        if self._by == "address":
            return None
        user = user_of(scope)
        if user is None:
            raise LimitSetupError('by="user" needs a BearerMiddleware in front, which says who calls')
        return user if isinstance(user, AuthenticatedUser) else None


def _noting_proxy(limits: RateLimits, count: Callable[[], list[Verdict]]) -> list[Verdict]:
    note_proxy(limits)
    return count()


def _user_key(user: AuthenticatedUser) -> str:
    """Return a key that no address is, nor any subject of another issuer."""
    issuer = user.issuer or ""
    return f"user:{len(issuer)}:{issuer}{user.identity}"


def rule_name(module: str, qualname: str) -> str:
    """Return the name of a function's rule: ``shop.views.export``."""
    words = f"{module}.{qualname}".replace("<locals>.", "").lower()
    return _UNFIT.sub(".", words).strip("_.-")


@cache
def _pool() -> Pool:
    """Return the threads in which stores are asked, those of all limits of the process."""
    return Pool("limit", threads=THREADS, waiting=QUEUE)
