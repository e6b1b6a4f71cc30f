"""Undo a change of the address: whoever had the account before has it again, whatever was changed since."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.events import DeletionUndone, EmailChangeUndone
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.void_credentials import VoidCredentials
from jwt_auth_core.flows.email.confirm_email import token_in
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.lost_answer import do_or_find
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.mail.letter import Language
from jwt_auth_core.one_time.proof import EMAIL_UNDO, InvalidCodeError, Proof, ProofStore, digest_in
from jwt_auth_core.passwords.hasher import NO_PASSWORD
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.users.deletion import Deletions
from jwt_auth_core.users.email_change import EmailChange, EmailChanges
from jwt_auth_core.users.user import User
from jwt_auth_core.users.verified import VerifiedAddresses
from jwt_auth_core.vocabulary import Client, Secret, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoEmail:
    """Gives the account back to the reader of the old address, whatever a stranger has set since."""

    executor: ClassVar = Executor.STORE

    proofs: ProofStore
    changes: EmailChanges
    verified: VerifiedAddresses
    void: VoidCredentials
    parts: SessionParts
    end_user: AccountAdmin
    letters: QueueLetter
    deletions: Deletions

    def parse(self, values: Mapping[str, object]) -> Secret:
        """Return the ``token`` of a letter.

        Raises:
            MailNotConfiguredError: there is no mailer, and no letter.
            InvalidInputError: it is missing or no text.
        """
        self.letters.require()
        return token_in(values)

    def __call__(self, token: Secret, client: Client, *, language: Language) -> None:
        """Give the user the address of before back; void what opened the account since (RST-5).

        That is the password, all sessions, access tokens and API keys, what letters brought, and what was
        added since the change was asked for. A letter to the address brings a link that sets a password. It
        does not matter which address, password or standing the account has by now.

        Raises:
            InvalidCodeError: the link is unknown, spent or too old, or an earlier change was undone.
            EmailTakenError: another application gave the address to somebody else; nothing is changed.
            UnavailableError: a store does not answer, nor did it when asked again.
        """
        digest = digest_in(EMAIL_UNDO, token)
        proof = self.proofs.find(digest)
        if proof is None:
            raise InvalidCodeError
        now = self.parts.clock()
        event = EmailChangeUndone(at=now, user_id=proof.user_id, client=client)
        version = self._undo(digest, proof, event, language)
        self.end_user.clear(proof.user_id, now=now, version=version, reason=EndReason.EMAIL_CHANGED)

    def _undo(self, digest: str, proof: Proof, event: EmailChangeUndone, language: Language) -> int:
        """Do it, and return the user's session version from then on."""

        def done() -> int | None:
            found = self._found(proof.user_id)
            is_back = identity(found.email) == proof.address and found.password_hash == NO_PASSWORD
            return found.session_version if is_back and self.changes.find(proof.about) is None else None

        return do_or_find(
            partial(self._undo_once, digest, event, language),
            done,
            refusal=InvalidCodeError,
            journal=self.parts.journal,
            event=event,
        )

    def _undo_once(self, digest: str, event: EmailChangeUndone, language: Language) -> int:
        with self.parts.journal.together():
            proof = self.proofs.take(digest)
            change = None if proof is None else self.changes.find(proof.about)
            if change is None or change.undo_until is None or change.undo_until <= event.at:
                raise InvalidCodeError
            user = self._voided(change, event)
            if not self.changes.undo(change, now=event.at):
                raise InvalidCodeError
            # Who has the link reads that mailbox.
            self.verified.keep(change.user_id, change.old_canonical)
            self.letters("reset", change.user_id, language=language)
            if self.deletions.keep(change.user_id, now=event.at):  # whoever asked for that is shut out, too
                self.parts.journal(DeletionUndone(at=event.at, user_id=change.user_id, client=event.client))
            self.parts.journal(event)
            return user.session_version + 1

    def _voided(self, change: EmailChange, event: EmailChangeUndone) -> User:
        """Void what opens the account, and return the user as it was; once more where somebody logs in."""
        user = self._found(change.user_id)
        try:
            while not self.void(user, now=event.at, reason=event.name, since=change.asked_at):
                user = self._found(change.user_id)
        except UserNotFoundError:  # deleted meanwhile
            raise InvalidCodeError from None
        return user

    def _found(self, user_id: UserId) -> User:
        user = self.parts.users.find(user_id)
        if user is None:
            raise InvalidCodeError
        return user
