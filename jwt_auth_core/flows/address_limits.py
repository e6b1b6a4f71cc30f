"""Limits by address: counted before anything is hashed, so that what is refused costs nothing (RL-1).

Counted is what the edge says (`Client.limit_key`). A caller in this process has none, and is not limited.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from jwt_auth_core.flows.guess import Guess, guessed
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import Verdict
from jwt_auth_core.vocabulary import Client

LOGIN: Final = "login"
LOGIN_FAILURES: Final = "login_failures"
REGISTER: Final = "register"
TOKEN: Final = "token"
GUESS: Final = (LOGIN, LOGIN_FAILURES)
"""What a guess is counted by."""
BY_ADDRESS: Final = (*GUESS, REGISTER, TOKEN)
"""Whose keys are addresses; the last one's are clients, too."""


@dataclass(frozen=True, slots=True)
class AddressLimits:
    """How often an address may do what hashes a password."""

    rate_limits: RateLimits

    def register(self, client: Client) -> None:
        """Count a registration.

        Raises:
            RateLimitedError: there were too many.
        """
        if client.limit_key is not None:
            self.rate_limits.check_all({REGISTER: client.limit_key}, times=client.crowd)

    def guess(self, client: Client) -> AbstractContextManager[Guess]:
        """Count an attempt and a wrong password; the latter is given back unless that is what it was.

        Raises:
            RateLimitedError: there were too many, and this one is not looked at.
        """
        failures = [verdict for verdict in self._counted(client) if verdict.rule.name == LOGIN_FAILURES]
        return guessed(self.rate_limits, failures)

    def _counted(self, client: Client) -> Sequence[Verdict]:
        key = client.limit_key
        if key is None:
            return ()
        return self.rate_limits.check_all({LOGIN: key, LOGIN_FAILURES: key}, times=client.crowd)
