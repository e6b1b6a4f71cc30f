"""Limits by address: counted before anything is hashed, so that what is refused costs nothing (RL-1).

Counted is what the edge says (`Client.limit_key`). A caller in this process has none, and is not limited.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import Verdict
from jwt_auth_core.vocabulary import Client

LOGIN: Final = "login"
LOGIN_FAILURES: Final = "login_failures"
REGISTER: Final = "register"
GUESS: Final = (LOGIN, LOGIN_FAILURES)
"""What a guess is counted by."""
BY_ADDRESS: Final = (*GUESS, REGISTER)


@dataclass(slots=True)
class Guess:
    """A password that is being looked at; whoever finds that it is wrong says so at once."""

    is_wrong: bool = False


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

    @contextmanager
    def guess(self, client: Client) -> Generator[Guess]:
        """Count an attempt and a wrong password; give the latter back unless that is what it was.

        It is counted before anybody knows: of many guesses at once no more are looked at than may be wrong.

        Raises:
            RateLimitedError: there were too many, and this one was not looked at.
        """
        guess, counted = Guess(), self._counted(client)
        try:
            yield guess
        finally:
            if not guess.is_wrong:
                failures = [verdict for verdict in counted if verdict.rule.name == LOGIN_FAILURES]
                self.rate_limits.give_back(failures)

    def _counted(self, client: Client) -> Sequence[Verdict]:
        key = client.limit_key
        if key is None:
            return ()
        return self.rate_limits.check_all({LOGIN: key, LOGIN_FAILURES: key}, times=client.crowd)
