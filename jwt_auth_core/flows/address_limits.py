"""Limits by address: counted before anything is hashed, so that what is refused costs nothing (RL-1).

Counted is what the edge says (`Client.limit_key`). A caller in this process has none, and is not limited.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final

from jwt_auth_core.events.refused import Whose
from jwt_auth_core.flows.guess import Guess, guessed
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rate import DAY_SECONDS, Rate
from jwt_auth_core.rate_limits.rule import Rule
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client

LOGIN: Final = "login"
LOGIN_FAILURES: Final = "login_failures"
REGISTER: Final = "register"
REFRESH: Final = "refresh"
TOKEN: Final = "token"
MAIL_ADDRESS: Final = "mail_address"
GUESS: Final = (LOGIN, LOGIN_FAILURES)
"""What a guess is counted by, beside the account that it is about."""
BY_ADDRESS: Final = (*GUESS, REGISTER, REFRESH, MAIL_ADDRESS, TOKEN)
"""Whose keys are addresses; the last one's are clients, too, and what is of a session that counts itself."""

UNCONFIGURED_PROXY: Final = Rule("unconfigured_proxy", (Rate(1, DAY_SECONDS),))
"""Limits nobody: it remembers for a day that one came."""
_ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class AddressLimits:
    """How often an address may do what costs us something, or guesses."""

    rate_limits: RateLimits

    def register(self, client: Client) -> None:
        """Count a registration.

        Raises:
            RateLimitedError: there were too many.
        """
        if client.limit_key is not None:
            self.rate_limits.check_all(
                {REGISTER: client.limit_key}, times=client.crowd, whose=Whose(client=client)
            )

    def begin(self, client: Client) -> None:
        """Count what a login begins with that names nobody yet; apart from the login itself.

        Raises:
            RateLimitedError: there were too many.
        """
        if client.limit_key is not None:
            key = f"begun {client.limit_key}"
            self.rate_limits.check_all({LOGIN: key}, times=client.crowd, whose=Whose(client=client))

    def guess(self, client: Client) -> AbstractContextManager[Guess]:
        """Count a login and a wrong one; the latter is given back unless that is what it was.

        Raises:
            RateLimitedError: there were too many, and this one is not looked at.
        """
        if client.limit_key is None:
            return guessed(self.rate_limits, ())
        keys: dict[str, str] = dict.fromkeys(GUESS, client.limit_key)
        counted = self.rate_limits.check_all(keys, times=client.crowd, whose=Whose(client=client))
        return guessed(self.rate_limits, [one for one in counted if one.rule.name != LOGIN])

    def mail(self, client: Client) -> None:
        """Count a letter that somebody asked for.

        Raises:
            RateLimitedError: there were too many, to whatever address of a mailbox.
        """
        if client.limit_key is not None:
            self.rate_limits.check_all(
                {MAIL_ADDRESS: client.limit_key}, times=client.crowd, whose=Whose(client=client)
            )


def note_proxy(limits: RateLimits) -> None:
    """Remember for a day, for all processes, that a proxy came which nobody configured; never raises."""
    if limits.is_on:
        limits.store.take([limits.take(UNCONFIGURED_PROXY, _ANY)])


def is_proxy_noted(limits: RateLimits) -> bool:
    """Tell whether one came within a day, as far as is known."""
    verdicts = limits.store.take([limits.take(UNCONFIGURED_PROXY, _ANY, cost=0)])
    return any(verdict.remaining == 0 for verdict in verdicts)
