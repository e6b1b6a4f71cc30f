"""A proof: what a letter carries, so that whoever brings it back has read that mailbox.

A token for a link, of one purpose and one user, and with some purposes a short code to type. It is good once,
and as long as no later letter brought another. Stores see digests alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from jwt_auth_core.errors import AuthError, TokenInvalidError
from jwt_auth_core.one_time.code import Purpose
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Email, Secret, UserId

RESET: Final = Purpose("reset", ttl_seconds=30 * 60)
"""Sets a password."""

VERIFY: Final = Purpose("verify", ttl_seconds=24 * 3600)
"""Shows that the mailbox of an address is its user's; comes with a short code."""

LOGIN: Final = Purpose("login", ttl_seconds=15 * 60)
"""Opens a session in the browser that asked for it; comes with a short code."""

EMAIL_CONFIRM: Final = Purpose("email_confirm", ttl_seconds=24 * 3600)
"""Gives the user the address that the letter went to."""

EMAIL_UNDO: Final = Purpose("email_undo", ttl_seconds=72 * 3600)
"""Gives the user the address of before back."""

PROOFS: Final = (RESET, VERIFY, LOGIN, EMAIL_CONFIRM, EMAIL_UNDO)
"""Every purpose of a letter's token."""

CODED: Final = frozenset({VERIFY, LOGIN})
"""Of which a letter has a short code, too."""

BINDING: Final = Purpose("binding", ttl_seconds=3600)
"""Stays in the browser that asked for a login: what the letter brings is good there alone."""

REGISTRATION: Final = Purpose("registration", ttl_seconds=VERIFY.ttl_seconds)
"""Stays in the browser that registered, so that it is known again there; no letter brings it."""

CODE_SECONDS: Final = 15 * 60
"""How long a short code is good, however long the link beside it is."""

CODE_ATTEMPTS: Final = 3
"""How often one is looked at; the link beside it stays good, or strangers could void it."""


class InvalidCodeError(AuthError):
    """Raised when a mailed link or code is unknown, of another purpose, spent, replaced or too old."""

    code = "invalid_code"

    def __init__(self) -> None:
        super().__init__("this link or code is not good, or no more; ask for another")


@dataclass(frozen=True, slots=True)
class Proof:
    """What a token stands for.

    Attributes:
        purpose: the name of its `Purpose`.
        user_id: whose it is.
        letter_id: which letter brought it; of a later letter it is greater. A letter may go out several
            times, when nobody knows whether it went: each copy is as good as the others, until one was used.
        address: the e-mail identity whose mailbox it was sent to.
        version: the user's session version at that time: what ends all sessions ends the proof.
        about: what else it is about, in a text of ours: who asked for it, or one of several changes. A later
            letter takes the place of earlier ones about the same.
    """

    purpose: str
    user_id: UserId
    letter_id: str
    address: Email
    version: int
    about: str = ""


def bound_to(purpose: Purpose, user_id: UserId) -> str:
    """Return what the digest of a short code is bound to."""
    return f"{purpose.name} {user_id}"


def digest_in(purpose: Purpose, token: Secret) -> str:
    """Return what is stored of a token that somebody brings.

    Raises:
        InvalidCodeError: it has not the form of one of this purpose.
    """
    try:
        return purpose.digest_of(token.reveal())
    except TokenInvalidError:
        raise InvalidCodeError from None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A look at a short code, which is counted already; ``digest`` is that of the link in the same letter."""

    digest: str
    code_digest: str


class ProofStore(Protocol):
    """Keeps proofs, in the transaction that the caller stands in where it stands in one.

    Every method raises UnavailableError when the store does not answer.
    """

    def put(self, digest: str, proof: Proof, *, seconds: int, code_digest: str | None = None) -> bool:
        """Keep a proof for so long, and its code for less, in the place of what earlier letters brought.

        Tells whether it was kept: when a later letter was quicker, it is not.
        """
        ...

    def find(self, digest: str) -> Proof | None:
        """Return what a token stands for, and leave it good."""
        ...

    def take(self, digest: str) -> Proof | None:
        """Return what a token stands for, and spend it with its copies: of many at once, one gets it."""
        ...

    def attempt(self, purpose: Purpose, user_id: UserId, *, about: str = "") -> Sequence[Attempt]:
        """Count a look at the user's code about this, whatever comes of it; nothing where no look is left.

        To be asked outside of any transaction: what is undone was not counted. It takes as long for an id
        that nobody has, or who has no code.
        """
        ...
