"""Enrol an authenticator app: a secret out, shown this once; a code of the app in, and it counts (OTP-4)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Final

from jwt_auth_core.events import FactorAdded
from jwt_auth_core.factors.factor import TOTP
from jwt_auth_core.factors.totp import (
    MOST_APPS,
    PENDING_SECONDS,
    TooManyFactorsError,
    TotpApp,
    TotpCodes,
    TotpStore,
    new_secret,
    read_code,
)
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factors.factor_changes import FactorChanges
from jwt_auth_core.flows.factors.recovery_codes import RenewRecoveryCodes
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.user_limits import UserLimits
from jwt_auth_core.keys.encryption.vault import Encrypted, Vault
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.store import Users
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, Secret

DEFAULT_NAME: Final = "Authenticator app"
_ID_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class TotpSecret:
    """What an app is set up with: the secret in base32, the same as a link, and that as a QR code."""

    factor_id: str
    name: str
    secret: Secret
    uri: Secret
    qr_svg: Secret


@dataclass(frozen=True, slots=True)
class EnrolTotp:
    """Shows a secret once; it counts for nothing before a code of it is confirmed."""

    executor: ClassVar = Executor.STORE

    changes: FactorChanges
    users: Users
    apps: TotpStore
    vault: Vault
    service_name: str

    def parse(self, values: Mapping[str, object]) -> str:
        """Return the app's ``name``; what it is called where none is given.

        Raises:
            InvalidInputError: the name is none.
        """
        if values.get("name") is None:
            return DEFAULT_NAME
        fields = Fields(values)
        name = fields.name("name")
        fields.raise_problems()
        return name

    def __call__(self, user_id: str, name: str, claims: Claims) -> TotpSecret:
        """Return a new secret; it counts for nothing until `ConfirmTotp`, and voids another such.

        Raises:
            EncryptionNotConfiguredError: there is nothing to encrypt it with.
            MissingDriverError: what is needed for it is not installed.
            InsufficientAuthenticationError: the login is not fresh, or was without the second factor.
            TooManyFactorsError: the user has as many apps as one may have.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        _ = self.vault.newest
        return self.made(self.changes.fresh(user_id, claims), name)

    def made(self, user: User, name: str, *, is_first: bool = False) -> TotpSecret:
        """Do it for a user who may, or may as long as it ``is_first`` of all factors.

        Raises:
            ChallengeInvalidError: the user has one by now.
            EncryptionNotConfiguredError: there is nothing to encrypt it with.
            MissingDriverError: what is needed for it is not installed.
            TooManyFactorsError: the user has as many apps as one may have.
            UserNotFoundError: the user is gone.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        from jwt_auth_core.factors.pyotp import enrolment_uri  # noqa: PLC0415 - a driver
        from jwt_auth_core.factors.segno import qr_svg  # noqa: PLC0415 - a driver

        if len(self.apps.of_user(user.user_id)) >= MOST_APPS:
            raise TooManyFactorsError
        secret = new_secret(os.urandom)
        uri = enrolment_uri(secret.reveal(), name=user.email, issuer=self.service_name)
        app = self._app(user, name, secret)
        self.users.adopt(user.user_id)
        with self.changes.journal.together():
            self.changes.enrolled.lock(user.user_id)
            if is_first:
                self.changes.refuse_second(user.user_id)
            self.apps.add(app)
        return TotpSecret(app.factor_id, name, secret, Secret(uri), Secret(qr_svg(uri)))

    def _app(self, user: User, name: str, secret: Secret) -> TotpApp:
        app = TotpApp(
            factor_id=f"totp_{secrets.token_hex(_ID_BYTES)}",
            user_id=user.user_id,
            name=name,
            secret=Encrypted("", ""),
            created_at=self.changes.clock(),
        )
        return replace(app, secret=self.vault.encrypt(secret.reveal().encode(), place=app.place))


@dataclass(frozen=True, slots=True)
class ConfirmTotp:
    """Takes the first code of an app: from then on a login asks for one."""

    executor: ClassVar = Executor.STORE

    changes: FactorChanges
    apps: TotpStore
    codes: TotpCodes
    recovery: RenewRecoveryCodes
    limits: UserLimits

    def parse(self, values: Mapping[str, object]) -> Secret:
        """Return the ``code``.

        Raises:
            InvalidInputError: it has not the form.
        """
        fields = Fields(values)
        text = fields.text("code")
        code = Secret("")
        if not fields.has("code"):
            try:
                code = read_code(text)
            except ValueError as error:
                fields.note("code", "invalid_format", str(error))
        fields.raise_problems()
        return code

    def __call__(self, user_id: str, code: Secret, client: Client, claims: Claims) -> tuple[Secret, ...]:
        """Have the app count, end other sessions (RF-11); return recovery codes where there are none yet.

        Raises:
            InsufficientAuthenticationError: the login is not fresh, or was without the second factor.
            RateLimitedError: codes were wrong too often; nothing was looked at.
            InvalidCodeError: the code is wrong, or no app waits for one.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer; the app counts for nothing yet.
        """
        user = self.changes.fresh(user_id, claims)
        with self.limits.guess(user.user_id) as guess, self.changes.together(user.user_id, claims):
            if not self.confirmed(user, code, client, keep=claims.session_id):
                guess.is_wrong = True
                raise InvalidCodeError
            has_codes = self.recovery.codes.count(user.user_id) > 0
            return () if has_codes else self.recovery.made(user.user_id)

    def confirmed(self, user: User, code: Secret, client: Client, *, keep: str | None = None) -> bool:
        """Have the app that waits count if the code is its own, in the transaction of `FactorChanges`.

        All sessions end by that, but the one to ``keep``.
        """
        now = self.changes.clock()
        app = self.apps.pending(user.user_id, since=now - PENDING_SECONDS)
        step = None if app is None else self.codes.step_of(app, code)
        if app is None or step is None or not self.apps.confirm(app.factor_id, step=step, now=now):
            return False
        self.changes.enrolled.add(user.user_id, TOTP)
        self.changes.journal(FactorAdded(at=now, user_id=user.user_id, client=client, factor="totp"))
        self.changes.end_others(user.user_id, client, keep=keep)
        return True
