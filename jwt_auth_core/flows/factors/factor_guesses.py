"""Guesses at second factors: how often a user's may be wrong, of whatever kind and in whatever login (OTP-3).

Who guesses has the password, and must not keep the owner out by it: at a device where she has signed in
before she has a budget of her own. Elsewhere a wrong one counts as a wrong password, too, whose waits grow.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from jwt_auth_core.events.refused import Whose
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.flows.sessions.login_limits import (
    ACCOUNT_FAILURES,
    DEVICE_FAILURES,
    LoginGuess,
    LoginLimits,
    device_codes_key,
    device_key,
)
from jwt_auth_core.flows.user_limits import CODES
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client


@dataclass(frozen=True, slots=True)
class FactorGuesses:
    """A part of the flows that look at second factors."""

    logins: LoginLimits

    @contextmanager
    def guess(self, user: User, client: Client, device: str | None) -> Generator[LoginGuess]:
        """Count a wrong factor; it is given back unless that is what it was.

        Raises:
            RateLimitedError: there were too many, and this one is not looked at.
        """
        limits, logins = self.logins.rate_limits, self.logins
        guess = LoginGuess(limits, (), email=identity(user.email), client=client, device=device)
        rule, key, of_user = ACCOUNT_FAILURES, str(guess.email), str(user.user_id)
        if device is not None and logins.devices.is_known(device, user.user_id, now=logins.clock()):
            guess.is_known, of_user = True, device_codes_key(device, user.user_id)
            rule, key = DEVICE_FAILURES, device_key(device, guess.email)
        whose = Whose(user_id=user.user_id, client=client)
        guess.counted = limits.check(CODES, of_user, whose=whose)
        try:
            guess.counted = [*guess.counted, *limits.check(rule, key, whose=whose)]
            yield guess
        finally:
            guess.end()

    def wrong(self, guess: LoginGuess, user: User) -> None:
        """Take note that the factor is wrong.

        Raises:
            UnavailableError: the database does not answer.
        """
        guess.is_wrong = True  # also where nobody can write it down
        if guess.is_known and guess.device is not None:
            self.logins.devices.count_failure(guess.device, user.user_id)
