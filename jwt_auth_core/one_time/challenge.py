"""A challenge: what a login gets that is right and not enough, and what a store of challenges promises.

It stands for the first factor that was right, of one account as it was then, and opens nothing by itself. A
wrong answer leaves it good, so many times; a right one spends it.
"""

from __future__ import annotations

import hashlib
from typing import Final, Protocol

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.one_time.browser import BROWSER, browser_digest
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret, UserId

CHALLENGE: Final = Purpose("challenge", ttl_seconds=5 * 60)
"""Lets a login go on, with a second factor."""

ENROLMENT: Final = Purpose("enrolment", ttl_seconds=15 * 60)
"""Lets somebody who must have a second factor, and has none, enrol one and so go on with the login."""

BROWSER_CHALLENGE: Final = Purpose("browser_challenge", CHALLENGE.ttl_seconds)
BROWSER_ENROLMENT: Final = Purpose("browser_enrolment", BROWSER.ttl_seconds)
"""The same of a login that goes on at an address, which anybody can write: good in one browser alone."""

CHALLENGE_ATTEMPTS: Final = 5
"""How many answers to one are looked at."""


class ChallengeInvalidError(AuthError):
    """Raised when a challenge is unknown, spent, too old or another browser's, or its account has changed."""

    code = "challenge_invalid"

    def __init__(self) -> None:
        super().__init__("this login cannot go on; begin again with the first factor")


_BOUND: Final = (BROWSER_CHALLENGE, BROWSER_ENROLMENT)
_PURPOSES: Final = (CHALLENGE, ENROLMENT, *_BOUND)


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
    return challenge.reveal().startswith((ENROLMENT.prefix, BROWSER_ENROLMENT.prefix))


def challenge_digest(challenge: Secret, browser: Secret | None = None) -> str:
    """Return what is stored of a challenge that somebody brings, of any purpose, from a ``browser``.

    Raises:
        ChallengeInvalidError: it has not the form of one, or is good in a browser alone, and comes from none.
    """
    text = challenge.reveal()
    purpose = next((one for one in _PURPOSES if text.startswith(one.prefix)), CHALLENGE)
    try:
        digest = purpose.digest_of(text)
    except TokenInvalidError:
        raise ChallengeInvalidError from None
    if purpose not in _BOUND:
        return digest
    known = browser_digest(browser)
    if known is None:
        raise ChallengeInvalidError
    return bound_digest(digest, known)


def bound_digest(digest: str, browser: str) -> str:
    """Return what is stored of a challenge that is good in one browser, of the digests of both."""
    return b64url_encode(hashlib.sha256(f"{digest}.{browser}".encode()).digest())


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
