"""Log in by a passkey: what to ask a browser for, and a session for what it brings.

Nobody says a name: the passkey does, and verifies its user, so that it is two factors in one. What is wrong
with it, only the audit is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.devices import Devices, device_digest
from jwt_auth_core.errors import InvalidCredentialsError, UserNotFoundError
from jwt_auth_core.events import LoggedIn, LoginFailed
from jwt_auth_core.flows.address_limits import AddressLimits
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.passkeys.challenges import LOGIN, LOGIN_BEGUN
from jwt_auth_core.flows.passkeys.parts import passkey_in
from jwt_auth_core.flows.passkeys.verify_passkey import VerifyPasskey
from jwt_auth_core.flows.sessions.account_limits import AccountLimits
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.one_time.challenge import (
    ChallengeInvalidError,
    ChallengeStore,
    challenge_digest,
    is_enrolment,
)
from jwt_auth_core.passkeys.ceremony import Assertion, Options
from jwt_auth_core.passkeys.passkey import PasskeyRefusedError
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.users.verified import EmailUnverifiedError
from jwt_auth_core.vocabulary import Client, Secret, UserId


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
class LogInByPasskey:
    """Opens a session by a passkey, or completes a login by one."""

    executor: ClassVar = Executor.STORE

    verify: VerifyPasskey
    open_session: OpenSession
    address_limits: AddressLimits
    account_limits: AccountLimits
    devices: Devices
    logins: ChallengeStore

    def parse_begun(self, values: Mapping[str, object]) -> Secret | None:
        """Return the ``challenge`` of a login that goes on by a passkey, where there is one.

        Raises:
            InvalidInputError: it is no text.
        """
        fields = Fields(values)
        challenge = fields.secret_if_given("challenge")
        fields.raise_problems()
        return challenge

    def options(self, client: Client, begun: Secret | None = None, browser: Secret | None = None) -> Options:
        """Return what to ask a browser for; the answer is good once, for five minutes.

        For the challenge of a login that has ``begun`` it is one of the user's passkeys, which need not
        verify the user again, and is good for that login alone. ``browser`` is as in a `SecondStep`.

        Raises:
            ChallengeInvalidError: that login is unknown, spent or too old, or goes on by enrolling.
            PasskeysNotConfiguredError: nobody said for whom passkeys are.
            RateLimitedError: this client asked too often.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        ceremonies = self.verify.parts.ceremonies()
        self.address_limits.begin(client)
        parts = self.verify.parts
        if begun is None:
            return ceremonies.login(parts.challenges.new(LOGIN, {}))
        digest = challenge_digest(begun, browser)
        login = None if is_enrolment(begun) else self.logins.find(digest)
        if login is None:
            raise ChallengeInvalidError
        allowed = parts.store.of_user(login.user_id)
        challenge = parts.challenges.new(LOGIN, {LOGIN_BEGUN: digest})
        return ceremonies.login(challenge, allowed=allowed, must_verify_user=False)

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
