"""A challenge: what a login gets that is right and not enough, and what a store of challenges promises.

It stands for the first factor that was right, of one account as it was then, and opens nothing by itself. A
wrong answer leaves it good, so many times; a right one spends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.vocabulary import Secret, UserId

CHALLENGE: Final = Purpose("challenge", ttl_seconds=5 * 60)
"""Lets a login go on, with a second factor."""

ENROLMENT: Final = Purpose("enrolment", ttl_seconds=15 * 60)
"""Lets somebody who must have a second factor, and has none, enrol one and so go on with the login."""

CHALLENGE_ATTEMPTS: Final = 5
"""How many answers to one are looked at."""


class ChallengeInvalidError(AuthError):
    """Raised when the challenge of a login is unknown, spent or too old, or its account changed since."""

    code = "challenge_invalid"

    def __init__(self) -> None:
        super().__init__("this login cannot go on; begin again with the first factor")


@dataclass(frozen=True, slots=True)
class BegunLogin:
    """What a challenge stands for.

    Attributes:
        user_id: whose login it is.
        methods: what was proven, in words of RFC 8176.
        version: the user's session version at that time: what ends all sessions ends the login.
        credential: a digest of the password hash of that time.
        instead_of: the session that the new one takes the place of.
    """

    user_id: UserId
    methods: tuple[str, ...]
    version: int
    credential: str
    instead_of: str | None = None


def is_enrolment(challenge: Secret) -> bool:
    """Tell whether it says of itself that its login goes on by enrolling."""
    return challenge.reveal().startswith(ENROLMENT.prefix)


def challenge_digest(challenge: Secret) -> str:
    """Return what is stored of a challenge that somebody brings, of either purpose.

    Raises:
        ChallengeInvalidError: it has not the form of one.
    """
    purpose = ENROLMENT if is_enrolment(challenge) else CHALLENGE
    try:
        return purpose.digest_of(challenge.reveal())
    except TokenInvalidError:
        raise ChallengeInvalidError from None


class ChallengeStore(Protocol):
    """Keeps challenges, for all workers.

    Every method raises UnavailableError when the store does not answer.
    """

    def put(self, digest: str, login: BegunLogin, *, seconds: int) -> None:
        """Keep a challenge for so long."""
        ...

    def find(self, digest: str) -> BegunLogin | None:
        """Return what a challenge stands for, and leave it as it is."""
        ...

    def attempt(self, digest: str) -> bool:
        """Count an answer before it is looked at; tell whether one more was left.

        To be asked outside of any transaction: what is undone was not counted.
        """
        ...

    def take(self, digest: str) -> bool:
        """Spend a challenge, in the caller's transaction; of many at once, one is told that it did."""
        ...
