"""Limits by user: whoever has a token, and no more, may not guess the secrets behind it (RL-5)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final

from jwt_auth_core.events.refused import Whose
from jwt_auth_core.flows.guess import Guess, guessed
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client, Email, UserId

CODES: Final = "codes"


@dataclass(frozen=True, slots=True)
class UserLimits:
    """How often a user may be wrong, from whatever address."""

    rate_limits: RateLimits

    def guess(self, user_id: UserId) -> AbstractContextManager[Guess]:
        """Count a wrong code or current password; it is given back unless that is what it was.

        Raises:
            RateLimitedError: there were too many, and this one is not looked at.
        """
        return guessed(self.rate_limits, self.rate_limits.check(CODES, user_id, whose=Whose(user_id=user_id)))

    def guess_for(self, email: Email, client: Client) -> AbstractContextManager[Guess]:
        """Do the same for a stranger who says an address, whether anybody has that or not (RL-2).

        Raises:
            RateLimitedError: there were too many, and this one is not looked at.
        """
        return guessed(self.rate_limits, self.rate_limits.check(CODES, email, whose=Whose(client=client)))

    def forget(self, user_id: UserId) -> None:
        """Forget the wrong ones so far.

        Raises:
            UnavailableError: the store does not answer.
        """
        self.rate_limits.reset(CODES, user_id)
