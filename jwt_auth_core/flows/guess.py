"""A guess: a secret that is being looked at, and was counted as wrong before anybody knew.

So of many guesses at once no more are looked at than may be wrong (RL-1); what was not wrong is given back.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import Verdict


@dataclass(slots=True)
class Guess:
    """Whoever finds that it is wrong says so at once: before anything else may fail."""

    is_wrong: bool = False


@contextmanager
def guessed(rate_limits: RateLimits, counted: Sequence[Verdict]) -> Generator[Guess]:
    """Give back what was counted, unless the guess was wrong."""
    guess = Guess()
    try:
        yield guess
    finally:
        if not guess.is_wrong:
            rate_limits.give_back(counted)
