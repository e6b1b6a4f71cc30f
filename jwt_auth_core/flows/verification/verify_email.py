"""Verify the address of an account: by the link or the code of a letter.

Whoever registered may have been a stranger who typed somebody else's address (RST-6). What was set before
stays where the letter's reader is shown to be who set it: by the browser that registered, by a login of the
account or by its password. Otherwise all of it is void, and the reader sets a password by a link of its own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.events import EmailVerified
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.letters.addressee import addressee
from jwt_auth_core.flows.letters.short_codes import ShortCodes, link_or_code_in
from jwt_auth_core.flows.lost_answer import do_or_find
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.flows.verification.prove_address import ProveAddress
from jwt_auth_core.one_time.proof import RESET, VERIFY, InvalidCodeError, Proof, ProofStore, digest_in
from jwt_auth_core.outbox.message import new_id
from jwt_auth_core.passwords.hasher import Passwords
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Email, Secret, UserId


@dataclass(frozen=True, slots=True)
class Verification:
    """Checked input; made by `VerifyEmail.parse`: a token, or the code for an address."""

    token: Secret | None
    email: Email
    code: Secret
    password: Secret | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """What else tells who brings a letter: the registration's token of a browser, and whose login it has."""

    browser: Secret | None = None
    user_id: UserId | None = None


NOBODY: Final = Visitor()


@dataclass(frozen=True, slots=True)
class Verified:
    """An address that is verified; ``reset_token`` sets a password where the one of before is void."""

    reset_token: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyEmail:
    """Takes a link or code once; keeps what was set before only for who is known to have set it."""

    executor: ClassVar = Executor.HASH

    passwords: Passwords
    proofs: ProofStore
    short_codes: ShortCodes
    prove_address: ProveAddress
    parts: SessionParts
    limits: UserLimits
    letters: QueueLetter

    def parse(self, values: Mapping[str, object]) -> Verification:
        """Check ``token``, or ``email`` and ``code``, and ``password`` where it is there.

        Raises:
            MailNotConfiguredError: there is no mailer, and no letter.
            InvalidInputError: names every offending field at once.
        """
        self.letters.require()
        fields = Fields(values)
        token, email, code = link_or_code_in(fields)
        password = fields.secret_if_given("password")
        fields.raise_problems()
        return Verification(token, email, code, password)

    def __call__(self, asked: Verification, client: Client, visitor: Visitor = NOBODY) -> Verified:
        """Note that the address is its user's; keep or void what was set before.

        Raises:
            InvalidCodeError: link or code are not good, or no more, or the account has another address.
            InvalidCredentialsError: a password came along that is not the account's; nothing is spent.
            RateLimitedError: codes for this address were wrong too often; nothing was looked at.
            UnavailableError: a store does not answer, nor did it when asked again.
        """
        digest = self._by_code(asked, client) if asked.token is None else digest_in(VERIFY, asked.token)
        proof = self.proofs.find(digest)
        user = None if proof is None else self._user(proof)
        if user is None:
            raise InvalidCodeError
        is_known = self._is_known(user, asked.password, visitor)
        event = self.prove_address.event(user, client, is_known=is_known)
        token = None if is_known else RESET.new()
        self._verify(digest, user, event, token)
        self.prove_address.end(replace(user, session_version=user.session_version + 1), event)
        return Verified(token)

    def _by_code(self, asked: Verification, client: Client) -> str:
        """Return the digest of the link beside a code; each look is counted before anybody knows."""
        with self.limits.guess_for(asked.email, client) as guess:
            user = self.parts.users.find_by_email(asked.email)
            digest = self.short_codes.digest_of_link(VERIFY, asked.email, user, asked.code)
            if digest is None:
                guess.is_wrong = True
                raise InvalidCodeError
            return digest

    def _is_known(self, user: User, password: Secret | None, visitor: Visitor) -> bool:
        if self.prove_address.verified.has(user.user_id) or visitor.user_id == user.user_id:
            return True
        if self.prove_address.is_registered_in(visitor.browser, user.user_id):
            return True
        if password is None:
            return False
        with self.limits.guess(user.user_id) as guess:
            guess.is_wrong = not self.passwords.verify(password, user.password_hash)
        if guess.is_wrong:
            raise InvalidCredentialsError
        return True

    def _verify(self, digest: str, user: User, event: EmailVerified, token: Secret | None) -> None:
        do_or_find(
            partial(self._verify_once, digest, user, event, token),
            lambda: True if self._is_done(user, token) else None,
            refusal=InvalidCodeError,
            journal=self.parts.journal,
            event=event,
        )

    def _is_done(self, user: User, token: Secret | None) -> bool:
        if token is not None:  # only that transaction kept it
            return self.proofs.find(digest_in(RESET, token)) is not None
        return self.prove_address.verified.has(user.user_id)

    def _verify_once(self, digest: str, before: User, event: EmailVerified, token: Secret | None) -> bool:
        with self.parts.journal.together():
            proof = self.proofs.take(digest)
            user = None if proof is None else self._user(proof)
            if proof is None or user is None or user.session_version != before.session_version:
                raise InvalidCodeError
            self.prove_address.keep(user, proof.address, event)
            if token is not None:
                self._offer(token, proof, user.session_version + 1)
            self.parts.journal(event)
            return True

    def _offer(self, token: Secret, proof: Proof, version: int) -> None:
        # As if a letter had brought it now: those that are on their way bring nothing.
        letter_id = new_id(time.time_ns())
        offered = Proof(RESET.name, proof.user_id, letter_id, proof.address, version)
        self.proofs.put(RESET.digest_of(token.reveal()), offered, seconds=RESET.ttl_seconds)

    def _user(self, proof: Proof) -> User | None:
        return addressee(self.parts.users, proof.user_id, proof.address)
