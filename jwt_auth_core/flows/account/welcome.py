"""Welcome: what a new account is given at once, in the transaction that makes it."""

from __future__ import annotations

from dataclasses import dataclass

from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.mail.letter import Language
from jwt_auth_core.one_time.proof import REGISTRATION, Proof, ProofStore
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Email, Secret


@dataclass(frozen=True, slots=True)
class Welcome:
    """A part of the registration.

    ``language`` is that of whoever says none; without ``has_letter`` the user asks for the link when it is
    wanted.
    """

    proofs: ProofStore
    letters: QueueLetter
    language: Language
    has_letter: bool

    def __call__(self, user: User, address: Email, *, language: Language | None) -> Secret | None:
        """Keep the letter that verifies the address; return what the browser that registered is known by.

        None where no letter can be sent: then nothing is ever verified.

        Raises:
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        if not self.letters.is_configured:
            return None
        if self.has_letter:
            self.letters("verify", user.user_id, language=language or self.language)
        browser = REGISTRATION.new()
        known = Proof(REGISTRATION.name, user.user_id, "", address, user.session_version)
        self.proofs.put(REGISTRATION.digest_of(browser.reveal()), known, seconds=REGISTRATION.ttl_seconds)
        return browser
