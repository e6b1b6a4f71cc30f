"""What the edge counts by itself, by address or client: what costs no hash and has no use case of its own."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Final

from jwt_auth_asgi.executors.pace import Pace
from jwt_auth_asgi.executors.pool import Pool
from jwt_auth_asgi.problems.refusals import Refusals
from jwt_auth_core.events.refused import Whose
from jwt_auth_core.flows.address_limits import BY_ADDRESS
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import RateLimitedError
from jwt_auth_core.vocabulary import Client

REFUSALS_AT_ONCE: Final = 2000
REFUSALS_PER_SECOND: Final = 1000  # a tenth of a core; a client that hurries gets several times as many


class AddressCounts:
    """Counts in the stores of the limits, and remembers whom one of these has just refused.

    A class because it remembers. ``pace`` is how fast who hurries is refused.
    """

    def __init__(self, limits: RateLimits, storing: Pool) -> None:
        self.pace = Pace(at_once=REFUSALS_AT_ONCE, per_second=REFUSALS_PER_SECOND)
        self._limits = limits
        self._storing = storing
        self._refusals = Refusals()

    def __bool__(self) -> bool:
        """Tell whether anybody may be refused again."""
        return bool(self._refusals)

    async def refuse_again(self, key: str, *, rules: Collection[str]) -> None:
        """Refuse a key that was refused less than a second ago: no store is asked.

        Raises:
            RateLimitedError: as it was told then.
        """
        try:
            self._refusals.check(key, rules=rules)
        except RateLimitedError as error:
            self._limits.note_again(error)
            await self.pace.keep()
            raise

    async def count(self, rule: str, key: str | None, client: Client, *, times: int = 1) -> None:
        """Count one more of a key in a thread of the stores; without a key nothing.

        Raises:
            RateLimitedError: there were too many.
            OverloadedError: too many wait for the stores.
        """
        if key is None or not self._limits.is_on or not self._limits.limits(rule):
            return
        await self.refuse_again(key, rules=[rule])
        try:
            count = partial(self._limits.check_all, {rule: key}, times=times, whose=Whose(client=client))
            await self._storing.run(count)
        except RateLimitedError as error:
            self.note(key, error)
            raise

    def note(self, key: str, error: RateLimitedError) -> None:
        """Remember whom a limit refused, for the rest of the herd."""
        self._refusals.note(key, error, rules=BY_ADDRESS)
