"""Change the address, second half: whoever reads the new mailbox confirms it, and the old one is told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.events import EmailChanged
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.letters.mint_proof import ABOUT
from jwt_auth_core.flows.lost_answer import do_or_find
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.mail.letter import Language
from jwt_auth_core.one_time.proof import EMAIL_CONFIRM, InvalidCodeError, Proof, ProofStore, digest_in
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.users.email_change import EmailChange, EmailChanges
from jwt_auth_core.users.verified import VerifiedAddresses
from jwt_auth_core.vocabulary import Client, Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmEmail:
    """Swaps the address in one transaction with its reservation, so that the old one can have it back."""

    executor: ClassVar = Executor.STORE

    proofs: ProofStore
    changes: EmailChanges
    verified: VerifiedAddresses
    parts: SessionParts
    end_user: AccountAdmin
    letters: QueueLetter

    def parse(self, values: Mapping[str, object]) -> Secret:
        """Return the ``token`` of a letter.

        Raises:
            MailNotConfiguredError: there is no mailer, and no letter.
            InvalidInputError: it is missing or no text.
        """
        self.letters.require()
        return token_in(values)

    def __call__(self, token: Secret, client: Client, *, language: Language) -> None:
        """Give the user the address that the letter went to, verified; end all sessions (RF-11, RST-5).

        The old address is told by letter, with a link that undoes it; nobody else gets it as long as that is
        good. An address that the account has back within that time is the exception: the ones between get no
        link, and those that they have are over, for else a thief's would have the last word.

        Raises:
            InvalidCodeError: the link is unknown, spent, replaced or too old, or its user is gone, disabled,
                has another address, or had all sessions ended since.
            EmailTakenError: another account has the address, or may get it back; nothing is spent.
            UnavailableError: a store does not answer, nor did it when asked again.
        """
        digest = digest_in(EMAIL_CONFIRM, token)
        proof = self.proofs.find(digest)
        if proof is None:
            raise InvalidCodeError
        now = self.parts.clock()
        event = EmailChanged(at=now, user_id=proof.user_id, client=client)
        version = self._confirm(digest, proof, event, language)
        self.end_user.clear(proof.user_id, now=now, version=version, reason=EndReason.EMAIL_CHANGED)

    def _confirm(self, digest: str, proof: Proof, event: EmailChanged, language: Language) -> int:
        """Do it, and return the user's session version from then on."""

        def done() -> int | None:
            change = self.changes.find(proof.letter_id)
            return None if change is None or change.confirmed_at != event.at else proof.version + 1

        return do_or_find(
            partial(self._confirm_once, digest, event, language),
            done,
            refusal=InvalidCodeError,
            journal=self.parts.journal,
            event=event,
        )

    def _confirm_once(self, digest: str, event: EmailChanged, language: Language) -> int:
        with self.parts.journal.together():
            proof = self.proofs.take(digest)
            change = None if proof is None else self.changes.find(proof.letter_id)
            if change is None:
                raise InvalidCodeError
            version = self._swap(change, event.at)
            self.verified.keep(change.user_id, change.new_canonical)
            facts = {ABOUT: change.letter_id, "at": event.at}
            self.letters(
                "email_changed", change.user_id, language=language, address=change.old_email, facts=facts
            )
            self.parts.journal(event)
            return version

    def _swap(self, change: EmailChange, now: int) -> int:
        users = self.parts.users
        user = users.find(change.user_id)
        if user is None or user.disabled_at is not None:
            raise InvalidCodeError
        try:
            version = users.cut_off(change.user_id, now=now, expected_version=change.version)
        except UserNotFoundError:  # deleted meanwhile
            raise InvalidCodeError from None
        if version is None or not self.changes.confirm(change, now=now):
            raise InvalidCodeError
        return version


def token_in(values: Mapping[str, object]) -> Secret:
    """Return the ``token`` of a letter.

    Raises:
        InvalidInputError: it is missing or no text.
    """
    fields = Fields(values)
    token = fields.secret("token")
    fields.raise_problems()
    return token
