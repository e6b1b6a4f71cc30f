"""Request a letter: a link goes to whoever has an address, and nobody else learns who that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.letters.addressee import address_in
from jwt_auth_core.flows.mail.ask_letter import AskLetter
from jwt_auth_core.mail.letter import Language, LetterName
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client, Email


@dataclass(frozen=True, slots=True)
class RequestLetter:
    """Has one kind of letter sent; answers alike whether there is an account or not."""

    executor: ClassVar = Executor.STORE

    ask: AskLetter
    letter: LetterName

    def parse(self, values: Mapping[str, object]) -> Email:
        """Return whom ``email`` names; a malformed address is no error, just nobody's.

        Raises:
            MailNotConfiguredError: there is no mailer.
            InvalidInputError: it is missing, no text or endless.
        """
        self.ask.queue.require()
        return address_in(values)

    def __call__(self, email: Email, client: Client, *, language: Language) -> None:
        """Have a letter sent to the user who has this address, if there is one who needs it.

        Nobody is looked up here, so the answer and its time say nothing of who exists (ENUM-2). What is over
        the limit of an address is no letter, and no error.

        Raises:
            MailNotConfiguredError: there is no mailer.
            RateLimitedError: the client asked for too many letters.
            UnavailableError: the letter could not be kept.
        """
        self.ask(self.letter, email, client, language=language)
