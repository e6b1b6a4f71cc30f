"""A guess: a secret that is being looked at, and was counted as wrong before anybody knew.

So of many guesses at once no more are looked at than may be wrong (RL-1); what was not wrong is given back.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager

from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import Verdict
from jwt_auth_core.records import dataclass


@dataclass(slots=True)
class Guess:
    """Whoever finds that it is wrong says so at once: before anything else may fail."""

    rate_limits: RateLimits
    counted: Sequence[Verdict]
    is_wrong: bool = False
    is_given_back: bool = False

    @contextmanager
    def right(self, transaction: AbstractContextManager[None]) -> Generator[None]:
        """Give back what was counted in the transaction that keeps what a right guess brings, at its end."""
        with transaction:
            yield
            self.rate_limits.give_back(self.counted)
        self.is_given_back = True

    def end(self) -> None:
        """Give back what was counted, unless the guess was wrong or that was done."""
        if not self.is_wrong and not self.is_given_back:
            self.rate_limits.give_back(self.counted)


@contextmanager
def guessed(rate_limits: RateLimits, counted: Sequence[Verdict]) -> Generator[Guess]:
    """Give back what was counted, unless the guess was wrong or that was done."""
    guess = Guess(rate_limits, counted)
    try:
        yield guess
    finally:
        guess.end()
