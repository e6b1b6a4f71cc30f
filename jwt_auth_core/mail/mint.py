"""Who makes the token of a letter, when it is sent: a protocol, for tokens are another room's.

No row of the outbox holds a token (F-25), so that it is made for each attempt to send.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from jwt_auth_core.mail.letter import Purpose
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Secret, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOrder:
    """What a token is made for.

    Attributes:
        purpose: the one thing that it is good for.
        user_id: whose account it is about.
        address: where the letter goes.
        letter_id: the same for each attempt at one letter; one that was asked for later has a greater one.
        asked_at: when the letter was asked for, in seconds since the epoch.
        facts: what else was kept with the letter.
    """

    purpose: Purpose
    user_id: UserId
    address: str
    letter_id: str
    asked_at: int
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Lasting:
    """A secret text and how long it is good for, which the letter says."""

    text: Secret
    seconds: int


@dataclass(frozen=True, slots=True)
class LetterTokens:
    """What stands in one letter: a token for its link, and a code to type where the letter has one."""

    token: Lasting
    code: Lasting | None = None


class Mint(Protocol):
    """Makes tokens for one purpose, in the outbox's own thread."""

    def __call__(self, order: TokenOrder) -> LetterTokens | None:
        """Return what goes into a letter, None when it need not be sent any more.

        One letter may be made several times: a server that took it and whose answer was lost gets it again.
        So the tokens of one ``letter_id`` stand beside each other and void none of each other. A greater
        ``letter_id`` voids what smaller ones brought (RST-2), never the other way round: letters overtake.

        Raises:
            UnavailableError: nobody can tell; the letter is tried again.
        """
        ...
