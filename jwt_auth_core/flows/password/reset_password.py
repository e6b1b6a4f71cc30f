"""Reset the password: a link that was mailed proves the caller, every session ends, none begins.

Who is in the mailbox gets no further than that: a second factor is asked for at the login that follows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Final

from jwt_auth_core.errors import UnavailableError, UserNotFoundError
from jwt_auth_core.events import PasswordReset
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.void_credentials import VoidCredentials
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.letters.addressee import addressee
from jwt_auth_core.flows.lost_answer import do_or_find
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.flows.password.new_password import check_new_password
from jwt_auth_core.flows.sessions.account_limits import AccountLimits
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.one_time.proof import RESET, InvalidCodeError, Proof, ProofStore, digest_in
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.users.user import User
from jwt_auth_core.users.verified import VerifiedAddresses
from jwt_auth_core.vocabulary import Client, Secret

_LOGGER: Final = logging.getLogger("jwt_auth.reset")


@dataclass(frozen=True, slots=True)
class NewPassword:
    """Checked input of a reset; made by `ResetPassword.parse`."""

    token: Secret
    new: Secret


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """Sets a password by a mailed link, and ends all sessions in the same transaction."""

    executor: ClassVar = Executor.HASH

    passwords: Passwords
    proofs: ProofStore
    verified: VerifiedAddresses
    parts: SessionParts
    end_user: AccountAdmin
    void: VoidCredentials
    limits: UserLimits
    account_limits: AccountLimits
    letters: QueueLetter
    service_name: str

    def parse(self, values: Mapping[str, object]) -> NewPassword:
        """Check that ``token`` and ``new_password`` are there.

        Raises:
            MailNotConfiguredError: there is no mailer, and no letter with a token.
            InvalidInputError: names every offending field at once.
        """
        self.letters.require()
        fields = Fields(values)
        token, new = fields.secret("token"), fields.secret("new_password")
        fields.raise_problems()
        return NewPassword(token, new)

    def __call__(self, asked: NewPassword, client: Client) -> None:
        """Set the password, or a first one; end all sessions, access tokens and API keys (RST-1, RST-4).

        A password that is refused spends nothing: the link is good for another try.

        Raises:
            InvalidCodeError: the link is unknown, spent, replaced or too old, or its user is gone, disabled,
                or had all sessions ended since.
            InvalidInputError: the password breaks the policy.
            UnavailableError: a store does not answer, nor did it when asked again.
        """
        digest = digest_in(RESET, asked.token)
        proof = self.proofs.find(digest)
        user = None if proof is None else self._user(proof)
        if user is None:  # before anything is hashed
            raise InvalidCodeError
        check_new_password(self.passwords, user, asked.new, service_name=self.service_name)
        now, new_hash = self.parts.clock(), self.passwords.hash(asked.new)
        event = PasswordReset(at=now, user_id=user.user_id, client=client)
        version = self._set(digest, new_hash, event)
        self.end_user.clear(user.user_id, now=now, version=version, reason=EndReason.PASSWORD_CHANGED)
        self._forgive(user)

    def _set(self, digest: str, new_hash: str, event: PasswordReset) -> int:
        """Set it, and return the user's session version from then on."""

        def done() -> int | None:
            found = self.parts.users.find(event.user_id) if event.user_id else None
            return None if found is None or found.password_hash != new_hash else found.session_version

        return do_or_find(
            partial(self._set_once, digest, new_hash, event),
            done,
            refusal=InvalidCodeError,
            journal=self.parts.journal,
            event=event,
        )

    def _set_once(self, digest: str, new_hash: str, event: PasswordReset) -> int:
        with self.parts.journal.together():
            proof = self.proofs.take(digest)
            if proof is None:
                raise InvalidCodeError
            # Once more where a login has just stored the old password at another cost.
            while not self._swap(proof, new_hash, event.at):
                pass
            # Who reads its mailbox has the address, whatever letter it was. Where nobody had proven that
            # before, a stranger may have set whatever opens the account (RST-6).
            if self.verified.has(proof.user_id):
                self.end_user.revoke_api_key.all(proof.user_id, reason=event.name)
            else:
                self.void.added(proof.user_id, reason=event.name)
            self.verified.keep(proof.user_id, proof.address)
            self.parts.journal(event)
            return proof.version + 1

    def _swap(self, proof: Proof, new_hash: str, now: int) -> bool:
        user = self._user(proof)
        if user is None:
            raise InvalidCodeError
        try:
            return self.parts.users.change_password(
                user.user_id,
                expected_hash=user.password_hash,
                new_hash=new_hash,
                expected_version=proof.version,
                now=now,
            )
        except UserNotFoundError:  # deleted meanwhile
            raise InvalidCodeError from None

    def _user(self, proof: Proof) -> User | None:
        """Return the user, if the proof is still good for that account as it is now."""
        user = addressee(self.parts.users, proof.user_id, proof.address)
        return user if user is not None and user.session_version == proof.version else None

    def _forgive(self, user: User) -> None:
        """Forget the wrong guesses of before: whoever made them, the password is another now."""
        try:
            self.limits.forget(user.user_id)
            self.account_limits.reopen(user)
        except UnavailableError as error:
            _LOGGER.warning("the wrong guesses of before still count: %s", error)
