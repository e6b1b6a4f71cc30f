"""Complete a login: a challenge and a second factor in, a new session and its tokens out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from jwt_auth_core.assurance import RECOVERY, with_second
from jwt_auth_core.audit.sink import session_mark
from jwt_auth_core.devices import REMEMBERED_SECONDS, device_digest
from jwt_auth_core.errors import InvalidCredentialsError, InvalidInputError
from jwt_auth_core.events import LoggedIn, Reauthenticated, RecoveryCodeUsed, SecondFactorFailed
from jwt_auth_core.factors.factor import Factor, FactorInvalidError
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factors.answer import Answer, answer_in
from jwt_auth_core.flows.factors.ask_for_factor import is_as_begun
from jwt_auth_core.flows.factors.enrol_totp import ConfirmTotp
from jwt_auth_core.flows.factors.factor_guesses import FactorGuesses
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.sessions.challenge import FirstFactor
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login_limits import LoginGuess
from jwt_auth_core.flows.sessions.open_session import OpenSession
from jwt_auth_core.one_time.challenge import (
    BegunLogin,
    ChallengeInvalidError,
    ChallengeStore,
    challenge_digest,
    is_enrolment,
)
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Secret


@dataclass(frozen=True, slots=True)
class SecondStep:
    """Checked input; made by `CompleteLogin.parse`. ``device`` is as in a login.

    ``browser`` is what a browser is known by that was at a provider.
    """

    challenge: Secret
    answer: Answer
    device: Secret | None = None
    remember_device: bool = False
    browser: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteLogin:
    """Takes one second factor for a login's challenge; each try is counted before it is looked at."""

    executor: ClassVar = Executor.STORE

    factors: Sequence[Factor]
    challenges: ChallengeStore
    open_session: OpenSession
    guesses: FactorGuesses
    confirm: ConfirmTotp

    def parse(self, values: Mapping[str, object]) -> SecondStep:
        """Check ``challenge``, the one factor that came, ``device`` and ``remember_device`` where they are.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        challenge, device = fields.secret("challenge"), fields.secret_if_given("device")
        is_remembered = fields.flag_if_given("remember_device")
        answer = answer_in(fields, values, self.factors)
        if answer is None and not fields.problems:
            for factor in self.factors:
                fields.note(factor.field, "missing", "is required, or another factor")
        if answer is None or fields.problems:
            raise InvalidInputError(fields.problems)
        return SecondStep(challenge, answer, device, is_remembered)

    def __call__(self, asked: SecondStep, client: Client, replaces: str | None = None) -> Grant:
        """Open the session of the login that the challenge stands for.

        ``replaces`` is the refresh token that the client has so far: its session ends (RF-13).

        Raises:
            ChallengeInvalidError: the challenge is unknown, spent, too old or another browser's, or the
                account changed since.
            RateLimitedError: the user's second factors were wrong too often; nothing was looked at.
            FactorInvalidError: the factor is wrong; the challenge is good for some more.
            EmailUnverifiedError: the address has to be verified before any login.
            UnavailableError: a store does not answer; no session was handed out.
        """
        digest = challenge_digest(asked.challenge, asked.browser)
        begun = self.challenges.find(digest)
        user = None if begun is None else self.open_session.parts.users.find(begun.user_id)
        if begun is None or user is None or not is_as_begun(begun, user):
            raise ChallengeInvalidError
        with self.guesses.guess(user, client, device_digest(asked.device)) as guess:
            if not self.challenges.attempt(digest):
                raise ChallengeInvalidError
            try:
                with guess.right(self.open_session.as_one()):
                    methods = self._spent(digest, user, client, asked)
                    grant = self._opened(user, client, begun, methods, replaces)
                    self._note(user, begun, guess, asked, grant)
            except FactorInvalidError:
                self._note_wrong(user, client, guess, asked.answer.factor)
                raise
            except InvalidCredentialsError:
                raise ChallengeInvalidError from None
        return grant

    def _spent(self, digest: str, user: User, client: Client, asked: SecondStep) -> tuple[str, ...]:
        """Return what the answer proves; factor and challenge are spent together, or neither is."""
        parts = self.open_session.parts
        with parts.journal.together():
            methods = self._proven(digest, user, client, asked)
            if methods is None:
                raise FactorInvalidError
            if not self.challenges.take(digest):
                raise ChallengeInvalidError
            if RECOVERY in methods:
                parts.journal(RecoveryCodeUsed(at=parts.clock(), user_id=user.user_id, client=client))
            return methods

    def _proven(self, digest: str, user: User, client: Client, asked: SecondStep) -> tuple[str, ...] | None:
        answer = asked.answer
        if not is_enrolment(asked.challenge):
            return answer.factor.verify(user.user_id, answer.value, challenge=digest)
        if answer.factor.name != "totp" or not isinstance(answer.value, Secret):
            return None
        with self.confirm.changes.together(user.user_id):
            self.confirm.changes.refuse_second(user.user_id)
            is_confirmed = self.confirm.confirmed(user, answer.value, client)
        return ("otp",) if is_confirmed else None

    def _opened(
        self, user: User, client: Client, begun: BegunLogin, methods: Sequence[str], replaces: str | None
    ) -> Grant:
        shown = FirstFactor(with_second(begun.methods, methods), None, begun.instead_of)
        is_still_right = partial(is_as_begun, begun)
        return self.open_session.completed(
            user, client, is_still_right=is_still_right, shown=shown, replaces=replaces
        )

    def _note(
        self, user: User, begun: BegunLogin, guess: LoginGuess, asked: SecondStep, grant: Grant
    ) -> None:
        parts, logins, mark = self.open_session.parts, self.guesses.logins, session_mark(grant.session_id)
        happened = LoggedIn if begun.instead_of is None else Reauthenticated
        with parts.journal.together():
            grant.device = logins.succeed(guess, user, asked.device)
            if asked.remember_device:
                until = parts.clock() + REMEMBERED_SECONDS
                logins.devices.remember(grant.device, user.user_id, version=user.session_version, until=until)
            parts.journal(happened(at=parts.clock(), user_id=user.user_id, session=mark, client=guess.client))

    def _note_wrong(self, user: User, client: Client, guess: LoginGuess, factor: Factor) -> None:
        self.guesses.wrong(guess, user)
        parts = self.open_session.parts
        now, reason = parts.clock(), factor.name
        parts.journal(SecondFactorFailed(at=now, user_id=user.user_id, client=client, reason=reason))
