"""Request a login: a code and a link go to whoever has an address, good in the browser that asked alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.letters.addressee import address_in
from jwt_auth_core.flows.letters.mint_proof import ABOUT
from jwt_auth_core.flows.mail.ask_letter import AskLetter
from jwt_auth_core.mail.letter import Language, LetterName
from jwt_auth_core.one_time.proof import BINDING, InvalidCodeError, digest_in
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client, Email, Secret

LETTER: Final[LetterName] = "login"


@dataclass(frozen=True, slots=True)
class RequestLogin:
    """Has a letter sent and binds it to a browser; answers alike whether there is an account or not."""

    executor: ClassVar = Executor.STORE

    ask: AskLetter

    def parse(self, values: Mapping[str, object]) -> Email:
        """Return whom ``email`` names; a malformed address is no error, just nobody's.

        Raises:
            MailNotConfiguredError: there is no mailer.
            InvalidInputError: it is missing, no text or endless.
        """
        self.ask.queue.require()
        return address_in(values)

    def __call__(
        self, email: Email, client: Client, *, language: Language, held: Secret | None = None
    ) -> Secret:
        """Have a letter sent to the user who has this address, and return what the browser is known by.

        That is what it ``held`` of before, if it held one: a second letter may be one too many, and then the
        first is good still. Nobody is looked up here, so the answer and its time say nothing of who exists
        (ENUM-2).

        Raises:
            MailNotConfiguredError: there is no mailer.
            RateLimitedError: the client asked for too many letters.
            UnavailableError: the letter could not be kept, or the system gives no random bytes.
        """
        binding, about = _kept(held) or _made()
        self.ask(LETTER, email, client, language=language, facts={ABOUT: about})
        return binding


def _kept(held: Secret | None) -> tuple[Secret, str] | None:
    try:
        return None if held is None else (held, digest_in(BINDING, held))
    except InvalidCodeError:
        return None


def _made() -> tuple[Secret, str]:
    binding = BINDING.new()
    return binding, BINDING.digest_of(binding.reveal())
