"""A change of a user's address: asked for, confirmed, for some days to be undone; what a store promises."""

from __future__ import annotations

from typing import Final, Protocol

from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Email, UserId

UNDO_SECONDS: Final = 72 * 3600
"""How long a change can be undone, and the address of before is nobody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChange:
    """One change; times are seconds since the epoch.

    Attributes:
        letter_id: of the letter by which it is confirmed; it tells changes apart.
        user_id: whose address it is.
        old_email: the address of before, as it was stored.
        old_canonical: its identity.
        new_email: the address to come.
        new_canonical: its identity.
        version: the user's session version when it was asked for.
        asked_at: when that was.
        confirmed_at: when it was done; None as long as it is not.
        undo_until: until when it can be undone.
    """

    letter_id: str
    user_id: UserId
    old_email: str
    old_canonical: Email
    new_email: str
    new_canonical: Email
    version: int
    asked_at: int
    confirmed_at: int | None = None
    undo_until: int | None = None


class EmailChanges(Protocol):
    """Where they are kept; each method stands in the open transaction, and is done wholly or not at all.

    Every method raises UnavailableError when the store does not answer.
    """

    def ask(self, change: EmailChange) -> None:
        """Keep a change that somebody asks for, in the place of one that was not confirmed yet.

        Raises:
            InvalidInputError: the address is too long for the table that was there.
        """
        ...

    def find(self, letter_id: str) -> EmailChange | None:
        """Return a change, None where there is none, or none any more."""
        ...

    def confirm(self, change: EmailChange, *, now: int) -> bool:
        """Give the user the new address and reserve the old one; of many at once, one does.

        Where the new one is reserved for this very user, it is given back: of the changes since then, and of
        this one, none can be undone any more.

        False where it was done already, or the user has another address by now.

        Raises:
            EmailTakenError: somebody has the new one, or it is reserved for somebody.
        """
        ...

    def undo(self, change: EmailChange, *, now: int) -> bool:
        """Give the user the old address back, and forget this change and all that came after it.

        Whatever address the user has by now. False where the change is none any more.

        Raises:
            EmailTakenError: another application gave it to somebody else meanwhile.
        """
        ...
