"""Welcome: what a new account is given at once, in the transaction that makes it."""

from __future__ import annotations

from jwt_auth_core.flows.account.registration import held_or_new, registration_digest
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.mail.letter import Language
from jwt_auth_core.one_time.proof import REGISTRATION, Proof, ProofStore
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Email, Secret, UserId


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

    def __call__(
        self, user: User, address: Email, *, language: Language | None, browser: Secret | None = None
    ) -> Secret | None:
        """Keep the letter that verifies the address; return what the browser that registered is known by.

        None where no letter can be sent: then nothing is ever verified.

        Raises:
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        if not self.letters.is_configured:
            return None
        if self.has_letter:
            self.letters("verify", user.user_id, language=language or self.language)
        browser = held_or_new(browser)
        self._keep(browser, user.user_id, address, user.session_version)
        return browser

    def again(self, address: Email, *, language: Language | None, is_told: bool) -> None:
        """Tell who has an account by letter that somebody wanted another, if it is to be told.

        What is kept besides opens nothing: it takes as long as keeping what a browser is known by.

        Raises:
            UnavailableError: the store does not answer.
        """
        if is_told:
            said = language or self.language
            self.letters.to_whoever_has(address, "already_registered", language=said)
        self._keep(REGISTRATION.new(), UserId(f"? {address}"), address, 0)

    def _keep(self, browser: Secret, user_id: UserId, address: Email, version: int) -> None:
        digest = registration_digest(browser, user_id)
        assert digest is not None  # noqa: S101 - the browser's token is one of ours
        known = Proof(REGISTRATION.name, user_id, "", address, version)
        self.proofs.put(digest, known, seconds=REGISTRATION.ttl_seconds)
