"""Limits of logins: by the address that they come from, and by the account that they are about (RL-1, RL-2).

Both are judged in one step, before anything is looked up or hashed, so that what is refused costs nothing and
tells nothing of who exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from jwt_auth_core.events.refused import Whose
from jwt_auth_core.flows.address_limits import GUESS, LOGIN
from jwt_auth_core.flows.guess import Guess, guessed
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import Take
from jwt_auth_core.vocabulary import Client, Email

ACCOUNT_FAILURES: Final = "account_failures"
"""Whose keys are e-mail identities, whether anybody has them or not."""


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """How often somebody may guess a password."""

    rate_limits: RateLimits

    def guess(self, email: Email, client: Client) -> AbstractContextManager[Guess]:
        """Count an attempt and a wrong password; the latter is given back unless that is what it was.

        Raises:
            RateLimitedError: there were too many, and this one is not looked at.
        """
        takes = [*self._of_address(client), self._of_account(email)]
        counted = self.rate_limits.check_takes(takes, whose=Whose(client=client))
        return guessed(self.rate_limits, [verdict for verdict in counted if verdict.rule.name != LOGIN])

    def forget(self, email: Email) -> None:
        """Forget the wrong passwords for an account so far.

        Raises:
            UnavailableError: the store does not answer.
        """
        self.rate_limits.reset(ACCOUNT_FAILURES, email)

    def _of_address(self, client: Client) -> Iterator[Take]:
        if client.limit_key is not None:
            for rule in GUESS:
                yield self.rate_limits.take(rule, client.limit_key, times=client.crowd)

    def _of_account(self, email: Email) -> Take:
        return self.rate_limits.take(ACCOUNT_FAILURES, email)
