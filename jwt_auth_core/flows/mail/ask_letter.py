"""Ask for a letter to an address: in the same time, whether anybody has an account with it or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from jwt_auth_core.events.refused import Whose
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.mail.letter import Language, LetterName
from jwt_auth_core.rate_limits.limits import RateLimits
from jwt_auth_core.rate_limits.rule import RateLimitedError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client, Email

MAIL: Final = "mail"

_NOTHING: Final[Mapping[str, object]] = {}


def mail_key(letter: LetterName, email: Email) -> str:
    """Return what letters of one kind to an address are counted under."""
    return f"{letter} {email}"


@dataclass(frozen=True, slots=True)
class AskLetter:
    """Keeps letters that anybody may ask for, within the limits of both addresses."""

    executor: ClassVar = Executor.STORE

    queue: QueueLetter
    address_limits: AddressLimits
    rate_limits: RateLimits

    def __call__(
        self,
        letter: LetterName,
        email: Email,
        client: Client,
        *,
        language: Language,
        facts: Mapping[str, object] = _NOTHING,
    ) -> bool:
        """Keep a letter to whoever has this address when it is sent (ENUM-2); tell whether it was kept.

        It was not when that address was sent too many of the kind lately: whoever asks must not be told, and
        whoever has it is left in peace.

        Raises:
            MailNotConfiguredError: there is no mailer.
            RateLimitedError: this client asked for too many, for whatever addresses.
            UnavailableError: it is not kept.
        """
        self.queue.require()
        if not self.may_be_sent(letter, email, client):
            return False
        self.queue.to_whoever_has(email, letter, language=language, facts=facts)
        return True

    def may_be_sent(self, letter: LetterName, email: Email, client: Client) -> bool:
        """Count a letter that a client asked for; tell whether its address may have one more of this kind.

        Each kind is counted on its own: whoever has logins sent to somebody leaves the links by which a
        password is set.

        Raises:
            RateLimitedError: this client asked for too many, for whatever addresses.
        """
        self.address_limits.mail(client)
        try:
            self.rate_limits.check(MAIL, mail_key(letter, email), whose=Whose(client=client))
        except RateLimitedError:
            return False
        return True
