"""Log in by e-mail: the code or the link of a letter, in the browser that asked for it, opens a session.

Whoever phishes the code from the letter's reader has another browser, where it is good for nothing. The
letter proves the address as well: what a stranger set before is void then, as when it is verified (RST-6).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import ClassVar, Final

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.devices import device_digest
from jwt_auth_core.errors import AuthError, InvalidCredentialsError, UnavailableError
from jwt_auth_core.events import EmailVerified, LoggedIn, LoginFailed
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.guess import Guess
from jwt_auth_core.flows.letters.addressee import addressee
from jwt_auth_core.flows.letters.short_codes import ShortCodes, link_or_code_in
from jwt_auth_core.flows.mail.queue_letter import QueueLetter
from jwt_auth_core.flows.sessions.account_limits import AccountLimits
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.flows.verification.prove_address import ProveAddress
from jwt_auth_core.one_time.proof import BINDING, LOGIN, InvalidCodeError, Proof, ProofStore, digest_in
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.users.verified import EmailUnverifiedError
from jwt_auth_core.vocabulary import Client, Email, Secret

METHODS: Final = ("email",)

_LOGGER: Final = logging.getLogger("jwt_auth.login_by_email")


@dataclass(frozen=True, slots=True)
class MailedLogin:
    """Checked input; made by `LoginByEmail.parse`: a token, or the code for an address.

    ``binding`` is what the browser is known by that asked for the letter, ``browser`` the one that
    registered; ``device`` is as at a login.
    """

    token: Secret | None
    email: Email
    code: Secret
    binding: Secret | None
    device: Secret | None = None
    browser: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginByEmail:
    """Opens a session by what a letter brought, in the browser alone that asked for it."""

    executor: ClassVar = Executor.STORE

    proofs: ProofStore
    short_codes: ShortCodes
    prove_address: ProveAddress
    open_session: OpenSession
    address_limits: AddressLimits
    user_limits: UserLimits
    account_limits: AccountLimits
    letters: QueueLetter

    def parse(self, values: Mapping[str, object]) -> MailedLogin:
        """Check ``token``, or ``email`` and ``code``; ``binding`` and ``device`` where they are there.

        Raises:
            MailNotConfiguredError: there is no mailer, and no letter.
            InvalidInputError: names every offending field at once.
        """
        self.letters.require()
        fields = Fields(values)
        token, email, code = link_or_code_in(fields)
        binding, device = fields.secret_if_given("binding"), fields.secret_if_given("device")
        fields.raise_problems()
        return MailedLogin(token, email, code, binding, device)

    def __call__(self, asked: MailedLogin, client: Client, replaces: str | None = None) -> Grant | Challenge:
        """Open a session and return its first tokens, or what else the user has to show.

        ``replaces`` is the refresh token that the client has so far: its session ends (RF-13).

        Raises:
            RateLimitedError: too often, for known and unknown alike; nothing was looked at.
            InvalidCodeError: link or code are not good, or no more, or not in this browser.
            UnavailableError: a store does not answer; no session was handed out.
        """
        about = digest_in(BINDING, asked.binding) if asked.binding is not None else None
        if about is None:
            raise InvalidCodeError
        with self.address_limits.guess(client) as guess, self._counted(asked, about, client) as look:
            try:
                return self._logged_in(asked, about, client, replaces)
            except InvalidCodeError as error:
                guess.is_wrong = look.is_wrong = True
                self._note_failure(asked, client, error)
                raise

    def _counted(self, asked: MailedLogin, about: str, client: Client) -> AbstractContextManager[Guess]:
        # For this browser alone: strangers who know the address must not use up what its owner has.
        if asked.token is not None:
            return nullcontext(Guess(self.user_limits.rate_limits, ()))
        return self.user_limits.guess_for(Email(f"{about} {asked.email}"), client)

    def _logged_in(
        self, asked: MailedLogin, about: str, client: Client, replaces: str | None
    ) -> Grant | Challenge:
        digest = self._digest(asked, about)
        proof, user = self._proven(digest, about)
        device, opened = self._known(user, asked.device), None
        proven = self._event(user, asked, client, is_known_here=device is not None)
        try:
            # In one transaction, so that a store that fails here leaves the letter good. Spent first: of many
            # who bring it at once one opens a session, or theirs would push each other out (RST-1).
            with self.open_session.parts.journal.together():
                if self.proofs.take(digest) is None:
                    raise InvalidCodeError
                user = self._claimed(user, proof.address, proven)
                opened = self._opened(user, client, device, replaces)
                if isinstance(opened, Grant):
                    self._welcome(opened, user, asked.device, client)
        except AuthError:
            if isinstance(opened, Grant):
                self.open_session.take_back(opened)
            raise
        if proven is not None:
            kept = opened.session_id if isinstance(opened, Grant) else None
            self.prove_address.end(user, proven, keep=kept)
        self._reopen(user)
        return opened

    def _digest(self, asked: MailedLogin, about: str) -> str:
        """Return the digest of the link, or of the one beside the code."""
        if asked.token is not None:
            return digest_in(LOGIN, asked.token)
        user = self.open_session.parts.users.find_by_email(asked.email)
        digest = self.short_codes.digest_of_link(LOGIN, asked.email, user, asked.code, about=about)
        if digest is None:
            raise InvalidCodeError
        return digest

    def _proven(self, digest: str, about: str) -> tuple[Proof, User]:
        """Return the proof, if it is good for that account as it is now, and who has that."""
        proof = self.proofs.find(digest)
        if proof is None or proof.about != about:
            raise InvalidCodeError
        user = addressee(self.open_session.parts.users, proof.user_id, proof.address)
        if user is None or user.session_version != proof.version:
            raise InvalidCodeError
        return proof, user

    def _event(
        self, user: User, asked: MailedLogin, client: Client, *, is_known_here: bool
    ) -> EmailVerified | None:
        """Return what the letter proves beside the login; None where the address is verified already."""
        prove = self.prove_address
        if prove.verified.has(user.user_id):
            return None
        is_known = is_known_here or prove.is_registered_in(asked.browser, user.user_id)
        return prove.event(user, client, is_known=is_known)

    def _claimed(self, user: User, address: Email, proven: EmailVerified | None) -> User:
        """Note that the address is the user's; return the user as it is then."""
        if proven is None:
            return user
        parts = self.open_session.parts
        self.prove_address.keep(user, address, proven)
        parts.journal(proven)
        return parts.users.find(user.user_id) or user

    def _opened(
        self, user: User, client: Client, device: str | None, replaces: str | None
    ) -> Grant | Challenge:
        is_still_right = partial(self._is_still_right, user)
        try:
            return self.open_session(
                user,
                client,
                methods=METHODS,
                device=device,
                is_still_right=is_still_right,
                replaces=replaces,
            )
        except (InvalidCredentialsError, EmailUnverifiedError):  # disabled or changed at this moment
            raise InvalidCodeError from None

    def _known(self, user: User, device: Secret | None) -> str | None:
        """Return the digest of a device where the user has signed in before."""
        digest, limits = device_digest(device), self.account_limits.limits
        if digest is None or not limits.devices.is_known(digest, user.user_id, now=limits.clock()):
            return None
        return digest

    @staticmethod
    def _is_still_right(before: User, user: User) -> bool:
        """Tell whether nothing has voided the letter meanwhile (RST-2)."""
        return (user.email, user.session_version) == (before.email, before.session_version)

    def _welcome(self, opened: Grant, user: User, device: Secret | None, client: Client) -> None:
        parts, limits = self.open_session.parts, self.account_limits.limits
        digest, now = device_digest(device), parts.clock()
        is_known = digest is not None and limits.devices.keep(digest, user.user_id, now=now)
        opened.device = device if is_known else limits.devices.add(user.user_id, now=now, before=digest)
        mark = session_mark(opened.session_id)
        parts.journal(LoggedIn(at=now, user_id=user.user_id, session=mark, client=client, reason="email"))

    def _reopen(self, user: User) -> None:
        """Forget the wrong guesses of before: whoever reads the mailbox is the owner."""
        try:
            self.account_limits.reopen(user)
        except UnavailableError as error:
            _LOGGER.warning("the wrong guesses of before still count: %s", error)

    def _note_failure(self, asked: MailedLogin, client: Client, error: InvalidCodeError) -> None:
        parts = self.open_session.parts
        user = None if asked.token is not None else parts.users.find_by_email(asked.email)
        user_id = None if user is None else user.user_id
        parts.journal(LoginFailed(at=parts.clock(), user_id=user_id, client=client, reason=error.code))
