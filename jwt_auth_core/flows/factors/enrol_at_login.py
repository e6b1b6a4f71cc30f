"""Enrol at a login: who must have a second factor and has none sets an app up, by what the login brought.

A code of the app then completes the login, as that of a confirmed one does (`CompleteLogin`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factors.ask_for_factor import is_as_begun
from jwt_auth_core.flows.factors.enrol_totp import EnrolTotp, TotpSecret
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.one_time.challenge import (
    ChallengeInvalidError,
    ChallengeStore,
    challenge_digest,
    is_enrolment,
)
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import UserStore
from jwt_auth_core.vocabulary import Secret


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Checked input; made by `EnrolAtLogin.parse`. ``browser`` is as in a second step."""

    token: Secret
    name: str
    browser: Secret | None = None


@dataclass(frozen=True, slots=True)
class EnrolAtLogin:
    """Sets a first authenticator app up for a user who may not log in without one."""

    executor: ClassVar = Executor.STORE

    challenges: ChallengeStore
    users: UserStore
    enrol: EnrolTotp

    def parse(self, values: Mapping[str, object]) -> Enrolment:
        """Check that ``enrolment_token`` is there, and ``name`` where it is given.

        Raises:
            InvalidInputError: names the offending field.
        """
        fields = Fields(values)
        token = fields.secret("enrolment_token")
        fields.raise_problems()
        return Enrolment(token, self.enrol.parse(values))

    def __call__(self, asked: Enrolment) -> TotpSecret:
        """Return a new secret, which counts once a code of it completes the login.

        Raises:
            ChallengeInvalidError: the token is none, or too old, or the account changed or has a factor.
            EncryptionNotConfiguredError: there is nothing to encrypt it with.
            MissingDriverError: what is needed for it is not installed.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        if not is_enrolment(asked.token):
            raise ChallengeInvalidError
        begun = self.challenges.find(challenge_digest(asked.token, asked.browser))
        user = None if begun is None else self.users.find(begun.user_id)
        if begun is None or user is None or not is_as_begun(begun, user) or user.factor_kinds:
            raise ChallengeInvalidError
        return self.enrol.made(user, asked.name, is_first=True)
