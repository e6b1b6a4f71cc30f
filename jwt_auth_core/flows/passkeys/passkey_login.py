"""Log in by a passkey: what to ask a browser for, and a session for what it brings.

Nobody says a name: the passkey does, and verifies its user, so that it is two factors in one. What is wrong
with it, only the audit is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.devices import Devices, device_digest
from jwt_auth_core.errors import InvalidCredentialsError, UserNotFoundError
from jwt_auth_core.events import LoggedIn, LoginFailed
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.passkeys.challenges import LOGIN
from jwt_auth_core.flows.passkeys.parts import PasskeyParts, passkey_in
from jwt_auth_core.flows.sessions.account_limits import AccountLimits
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.passkeys.ceremony import Answer, Assertion, CeremonyError, Options, read_answer
from jwt_auth_core.passkeys.passkey import Passkey, PasskeyRefusedError
from jwt_auth_core.users.user import User
from jwt_auth_core.users.verified import EmailUnverifiedError
from jwt_auth_core.vocabulary import Client, Secret, UserId

COPIED: Final = "passkey_copied"
"""Why a login failed whose passkey is right, though its count says that there are two of it."""


@dataclass(frozen=True, slots=True)
class PasskeyAttempt:
    """Checked input; made by `PasskeyAttempt.parse`. ``answer`` is what the browser brings, unread.

    ``device`` is the token of a browser or application in which somebody has signed in before.
    """

    answer: Mapping[str, object] = field(repr=False)
    device: Secret | None = None

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> PasskeyAttempt:
        """Check ``passkey`` and, where it is there, ``device``.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        answer, device = passkey_in(fields, values), fields.secret_if_given("device")
        fields.raise_problems()
        return cls(answer, device)


@dataclass(frozen=True, slots=True)
class VerifyPasskey:
    """A part of whatever takes a passkey for a proof; its parts are named once, at assembly."""

    parts: PasskeyParts

    def __call__(self, members: Mapping[str, object]) -> Assertion:
        """Return what a passkey proves that answers a challenge of ours and has verified its user.

        Raises:
            PasskeyRefusedError: it proves nothing; why, its ``fault`` says.
            PasskeysNotConfiguredError: nobody said for whom passkeys are.
            UnavailableError: a store does not answer.
        """
        ceremonies, passkey = self.parts.ceremonies(), None
        try:
            answer = self._answer(members)
            passkey = self.parts.store.find(answer.credential_id)
            assertion = ceremonies.verify(answer, _of_user(passkey, answer.handle))
            self._note_use(assertion)
        except CeremonyError as error:
            raise PasskeyRefusedError(error.fault, passkey.user_id if passkey else None) from None
        return assertion

    def _answer(self, members: Mapping[str, object]) -> Answer:
        """Return an answer to a challenge that is ours, and was good until now."""
        answer = read_answer(members)
        if self.parts.challenges.spend(LOGIN, answer.challenge) is None:
            raise CeremonyError("challenge")
        return answer

    def is_there(self, passkey: Passkey) -> bool:
        """Tell whether a passkey was not removed meanwhile (RF-11)."""
        found = self.parts.store.find(passkey.credential_id)
        return found is not None and found.passkey_id == passkey.passkey_id

    def _note_use(self, assertion: Assertion) -> None:
        is_noted = self.parts.store.note_use(
            assertion.passkey.passkey_id,
            sign_count=assertion.sign_count,
            is_backed_up=assertion.is_backed_up,
            now=self.parts.clock(),
        )
        if not is_noted:
            raise CeremonyError(COPIED)


def _of_user(passkey: Passkey | None, handle: str | None) -> Passkey:
    """Return a passkey that is there, and whose authenticator names its user, too (PK-3)."""
    if passkey is None or handle != passkey.handle:
        raise CeremonyError("unknown")
    return passkey


@dataclass(frozen=True, slots=True)
class LogInByPasskey:
    """The use cases; their parts are named once, at assembly."""

    executor: ClassVar = Executor.STORE

    verify: VerifyPasskey
    open_session: OpenSession
    address_limits: AddressLimits
    account_limits: AccountLimits
    devices: Devices

    def options(self, client: Client) -> Options:
        """Return what to ask a browser for; the answer is good once, for five minutes.

        Raises:
            PasskeysNotConfiguredError: nobody said for whom passkeys are.
            RateLimitedError: this client asked too often.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        ceremonies = self.verify.parts.ceremonies()
        self.address_limits.begin(client)
        return ceremonies.login(self.verify.parts.challenges.new(LOGIN, {}))

    def __call__(
        self, attempt: PasskeyAttempt, client: Client, replaces: str | None = None
    ) -> Grant | Challenge:
        """Open a session and return its first tokens, or what else the user has to show.

        ``replaces`` is the refresh token that the client has so far: its session ends (RF-13).

        Raises:
            EmailUnverifiedError: the passkey is right, and the address has to be verified first.
            PasskeyRefusedError: it is not good, or no more, whatever the cause; disabled users included.
            PasskeysNotConfiguredError: nobody said for whom passkeys are.
            RateLimitedError: too many from this client were not good; nothing was looked at.
            UnavailableError: a store does not answer; no session was handed out.
        """
        with self.address_limits.guess(client) as guess:
            try:
                return self._opened(self.verify(attempt.answer), attempt.device, client, replaces)
            except PasskeyRefusedError as error:
                guess.is_wrong = True  # also where nobody can write it down
                self._note_failure(error.user_id, client, error.fault)
                raise

    def _opened(
        self, assertion: Assertion, device: Secret | None, client: Client, replaces: str | None
    ) -> Grant | Challenge:
        user_id = assertion.passkey.user_id
        try:
            user = self.verify.parts.user(user_id)
            with self.open_session.as_one():
                opened = self.open_session(
                    user,
                    client,
                    is_still_right=lambda _user: self.verify.is_there(assertion.passkey),
                    methods=assertion.methods,
                    replaces=replaces,
                )
                self._note(user, device, client, opened)
        except (InvalidCredentialsError, UserNotFoundError):
            raise PasskeyRefusedError(None, user_id) from None
        except EmailUnverifiedError as error:
            self._note_failure(user_id, client, error.code)
            raise
        return opened

    def _note(self, user: User, device: Secret | None, client: Client, opened: Grant | Challenge) -> None:
        if isinstance(opened, Grant):
            journal, mark, now = (
                self.verify.parts.journal,
                session_mark(opened.session_id),
                self.verify.parts.clock(),
            )
            with journal.together():
                opened.device = self._signed_in_at(device, user.user_id, now)
                journal(LoggedIn(at=now, user_id=user.user_id, session=mark, client=client))
            if user.password_failures:  # whoever guesses at the password keeps it from its owner no longer
                self.account_limits.reopen(user)

    def _signed_in_at(self, device: Secret | None, user_id: UserId, now: int) -> Secret | None:
        digest = device_digest(device)
        if digest is not None and self.devices.keep(digest, user_id, now=now):
            return device
        return self.devices.add(user_id, now=now, before=digest)

    def _note_failure(self, user_id: UserId | None, client: Client, reason: str | None) -> None:
        parts = self.verify.parts
        parts.journal(LoginFailed(at=parts.clock(), user_id=user_id, client=client, reason=reason))
