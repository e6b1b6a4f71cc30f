"""Keep a letter to be sent, in the transaction of what it is about: facts alone, never a text or a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jwt_auth_core.mail.letter import Language, LetterName, MailNotConfiguredError
from jwt_auth_core.outbox import Outbox
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Email, UserId

KIND: Final = "letter"

_NOTHING: Final[Mapping[str, object]] = {}


@dataclass(frozen=True, slots=True)
class QueueLetter:
    """Puts letters into the outbox; `DeliverLetter` makes and sends them.

    ``is_configured`` False refuses: there is no mailer.
    """

    outbox: Outbox
    is_configured: bool = True

    def require(self) -> None:
        """Raise where no letter can be sent.

        Raises:
            MailNotConfiguredError: there is no mailer.
        """
        if not self.is_configured:
            raise MailNotConfiguredError

    def __call__(
        self,
        letter: LetterName,
        user_id: UserId,
        *,
        language: Language,
        address: str | None = None,
        facts: Mapping[str, object] = _NOTHING,
    ) -> str:
        """Keep a letter to a user; return its id.

        It goes to the address that the user has when it is sent, or to ``address``: the old one, or one
        that is not the user's yet. ``facts`` are what JSON has: ids and times, never a token.

        Raises:
            MailNotConfiguredError: there is no mailer.
            TypeError, ValueError: the facts hold what JSON does not have.
            UnavailableError: it is not kept.
        """
        self.require()
        kept = {"type": letter, "language": language, "user_id": user_id, "address": address, **_more(facts)}
        return self.outbox.add(KIND, address or user_id, kept)

    def to_whoever_has(
        self,
        email: Email,
        letter: LetterName,
        *,
        language: Language,
        facts: Mapping[str, object] = _NOTHING,
    ) -> str:
        """Keep a letter to the user who has this e-mail identity when it is sent; return its id.

        Nobody is looked up before, so that whoever asked cannot tell by the time whether there is an
        account (ENUM-2). Where there is none, nothing is sent.

        Raises:
            MailNotConfiguredError: there is no mailer.
            TypeError, ValueError: the facts hold what JSON does not have.
            UnavailableError: it is not kept.
        """
        self.require()
        kept = {"type": letter, "language": language, "email": email, **_more(facts)}
        return self.outbox.add(KIND, email, kept)


def _more(facts: Mapping[str, object]) -> dict[str, object]:
    return {"more": dict(facts)} if facts else {}
