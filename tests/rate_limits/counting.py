"""What counts for an application that limits its own routes, and requests that are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jwt_auth_asgi.home import HOME, Home
from jwt_auth_asgi.identity.current import CURRENT
from jwt_auth_asgi.identity.identity import ANONYMOUS, KEY, AuthenticatedUser
from jwt_auth_core.errors import OverloadedError, StoreUnavailableError
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.rate_limits import FallbackLimits, MemoryLimits, RateLimits
from jwt_auth_core.settings import Settings
from jwt_auth_core.tokens.claims import Claims
from tests.asgi.drive import get
from tests.auth_app.world import settings

HERE, THERE = "198.51.100.7", "203.0.113.9"


@dataclass(frozen=True)
class Counting:
    """What an `Auth` is to a limit."""

    rate_limits: Any
    settings: Settings = field(default_factory=settings)


def counting(store=None, **variables):
    """Return what counts in memory, unless another store is given."""
    limits = RateLimits(FallbackLimits(store or MemoryLimits()), {}, PreparedMac(b"key"))
    return Counting(limits, settings(**variables))


class _Overloaded:
    """Limits that cannot be asked, since too many ask."""

    is_on = is_in_memory = True

    def check(self, _rule, _key, **_named):
        """Refuse."""
        raise OverloadedError


def overloaded():
    """Return what has no thread to count in."""
    return Counting(_Overloaded())


def user(subject, issuer=None, scopes=()):
    """Return who calls."""
    claims = Claims(
        subject, frozenset(scopes), session_id=None, token_id="1", issued_at=0, expires_at=1, issuer=issuer
    )
    return AuthenticatedUser(claims)


class Behind:
    """An application as it is called behind a `BearerMiddleware` that has found somebody."""

    def __init__(self, app, auth, caller=ANONYMOUS):
        self.app, self.auth, self.caller = app, auth, caller

    async def __call__(self, scope, receive, send):
        """Call it."""
        told = {**scope, HOME: Home(self.auth, None), KEY: self.caller}
        CURRENT.set(told)
        await self.app(told, receive, send)


def statuses(app, times, address=HERE, *headers, **more):
    """Return the statuses of so many requests from an address."""
    return [get(app, "/", *headers, client=(address, 1), **more).status for _ in range(times)]


class Slow:
    """A `RateLimitStore` that is not in this process's memory, and notes who asks it."""

    def __init__(self, ask):
        self.ask, self.memory = ask, MemoryLimits()

    def take(self, takes, *, now=None):
        """Ask, and count."""
        self.ask()
        return self.memory.take(takes, now=now)


def down():
    """Stand for a store that does not answer."""
    raise StoreUnavailableError("redis")
