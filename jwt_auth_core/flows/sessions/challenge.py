"""Challenge: what a first factor is answered with that is right, and not enough alone."""

from __future__ import annotations

from collections.abc import Callable

from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Secret


@dataclass(frozen=True, slots=True)
class FirstFactor:
    """What a user has shown so far, and where.

    Attributes:
        methods: what was proven, in words of RFC 8176.
        device: the digest of the token of a device where the user has signed in before.
        instead_of: the session that the new one takes the place of.
        browser: the digest of the token of the browser in which alone it goes on; None of any client.
    """

    methods: tuple[str, ...]
    device: str | None = None
    instead_of: str | None = None
    browser: str | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A login that is right so far: no session is open, and nothing is granted.

    Attributes:
        token: stands for this login, and opens nothing by itself.
        factors: what can complete it, one of them.
        expires_in: for how many seconds.
        enrols: whether the user has none yet, and must enrol one to go on.
    """

    token: Secret
    factors: tuple[str, ...]
    expires_in: int
    enrols: bool = False


AskSecondFactor = Callable[[User, FirstFactor], Challenge | None]
"""Returns what else a user has to show before a session opens; None where that is nothing."""
