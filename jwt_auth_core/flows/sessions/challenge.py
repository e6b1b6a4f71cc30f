"""Challenge: what a first factor is answered with that is right, and not enough alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Secret


@dataclass(frozen=True, slots=True)
class Challenge:
    """A login that is right so far: no session is open, and nothing is granted.

    Attributes:
        token: stands for this login, and opens nothing by itself.
        factors: what can complete it, one of them.
        expires_in: for how many seconds.
    """

    token: Secret
    factors: tuple[str, ...]
    expires_in: int


AskSecondFactor = Callable[[User], Challenge | None]
"""Returns what else a user has to show before a session opens; None where that is nothing."""


def no_second_factor(_user: User) -> None:
    """Ask for nothing more."""
