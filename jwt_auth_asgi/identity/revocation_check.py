"""Whether a verified token was revoked: looked up in memory, asked of the stores, or not at all.

Which of them is the setting ``REVOCATION_CHECK``, unless the middleware is told otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Literal, Protocol, cast, get_args

from jwt_auth_asgi.executors.batcher import Batcher
from jwt_auth_asgi.identity.identity import User
from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass
from jwt_auth_core.revocations.revocations import Revocations
from jwt_auth_core.steps import aside
from jwt_auth_core.tokens.claims import Claims

Check = Literal["feed", "always", "off"]

RECHECK_QUEUE: Final = 4096


class HasIssuer(Protocol):
    """Whose tokens are meant."""

    @property
    def issuers(self) -> frozenset[str] | None:
        """Return the names of the issuer; None for one without a name."""
        ...


class NamesCheck(Protocol):
    """What of the settings matters to this file: with all of them, every capability's would be loaded."""

    @property
    def revocation_check(self) -> str:
        """Return one of `Check`."""
        ...

    @property
    def revocation_policy(self) -> str:
        """Return what a silent feed means: ``stateless`` or ``strict``."""
        ...


class KnowsRevocations(Protocol):
    """What an `Auth` is to this file."""

    @property
    def settings(self) -> NamesCheck:
        """Return the settings that name the check."""
        ...

    @property
    def revocations(self) -> Revocations:
        """Return what is known in memory."""
        ...

    @property
    def recheck(self) -> Callable[[Sequence[Claims]], list[AuthError | None]]:
        """Return what asks the stores."""
        ...


@dataclass(slots=True)
class RevocationCheck:
    """``check`` is called with every verified token, and does not block once ``revocations`` are settled.

    ``recheck`` is there when each request asks the stores, and ``revocations`` wherever an open
    websocket hears of its session's end. ``own`` are the tokens that may be revoked here, where there
    are others beside them.
    """

    check: Callable[[Claims], None] | None = None
    recheck: Batcher[Claims, None] | None = None
    revocations: Revocations | None = None
    is_strict: bool = False
    own: HasIssuer | None = None

    async def settle(self) -> None:
        """Have the memory filled, once a process, before the first check.

        Raises:
            StoreUnavailableError: the system gives no thread for it.
        """
        if self.check is not None and self.revocations is not None and not self.revocations.is_started:
            await asyncio.to_thread(self.revocations.start)

    def check_memory(self, user: User) -> None:
        """Check what is known in memory.

        Raises:
            TokenInvalidError: the caller's token was revoked.
            StoreUnavailableError: the feed is silent and the policy strict.
        """
        if self.check is not None and user.claims is not None:
            self.check(user.claims)

    def limited_to(self, own: HasIssuer) -> RevocationCheck:
        """Return what looks into the tokens of one issuer, and lets those of others be."""
        check = self.check
        if check is None:
            return replace(self, own=own)

        def check_own(claims: Claims) -> None:
            if limited.is_own(claims):
                check(claims)

        limited = replace(self, own=own, check=check_own)
        return limited

    def is_own(self, claims: Claims) -> bool:
        """Tell whether a token is of those that may be revoked here; a foreign one's ids mean nothing."""
        return self.own is None or claims.issuer in (self.own.issuers or {None})

    async def check_stores(self, user: User) -> None:
        """Ask the stores whether the caller's session is alive; all that wait ask together.

        Raises:
            TokenInvalidError: it is not.
            UnavailableError: a store does not answer.
        """
        if (
            self.recheck is None or user.claims is None or user.kind == "api_key"
        ):  # which was looked up just now
            return
        if self.is_own(user.claims):
            await self.recheck.ask(user.claims)

    def is_stale(self) -> bool:
        """Tell whether the feed is silent and the policy does not go on without it."""
        if not self.is_strict or self.revocations is None:
            return False
        return bool(self.revocations.health()["is_silent"])

    def rest(self) -> None:
        """End the thread that asks the stores; later work starts a new one."""
        if self.recheck is not None:
            self.recheck.close()


def revocation_check(
    auth: object, check: Check | None = None, *, own: HasIssuer | None = None
) -> RevocationCheck:
    """Return how the tokens of ``auth`` are looked into: all, or those of the *own* issuer alone.

    Raises:
        TypeError: ``auth`` is no `Auth`, and knows neither sessions nor users.
        ValueError: there is no such check.
    """
    if check is not None and check not in get_args(Check):
        msg = f"check is one of {', '.join(get_args(Check))}, not {check!r}"
        raise ValueError(msg)
    if not hasattr(auth, "recheck"):
        if check in {None, "off"}:
            return RevocationCheck()
        msg = f"check={check!r} needs an Auth: an {type(auth).__name__} knows no sessions"
        raise TypeError(msg)
    looked_into = _of_auth(cast("KnowsRevocations", auth), check)
    return looked_into if own is None else looked_into.limited_to(own)


def _of_auth(auth: KnowsRevocations, check: Check | None) -> RevocationCheck:
    revocations = auth.revocations
    is_strict = auth.settings.revocation_policy == "strict"
    match check or auth.settings.revocation_check:
        case "always":
            batcher: Batcher[Claims, None] = Batcher("recheck", aside(auth.recheck), waiting=RECHECK_QUEUE)
            return RevocationCheck(recheck=batcher, revocations=revocations, is_strict=is_strict)
        case "feed":
            return RevocationCheck(revocations.check, None, revocations, is_strict)
        case _:
            return RevocationCheck()
