"""Authenticator apps: what is kept of one, and when a code of it is right (RFC 6238).

A code is good in its time step of 30 seconds and the one before and after, and once: the step of the last one
is kept, and only a later one is taken.
"""

from __future__ import annotations

import logging
import re
from base64 import b32encode
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from jwt_auth_core.encoding import same
from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.errors import AuthError
from jwt_auth_core.keys.encryption.vault import Encrypted, UndecipherableError, Vault
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Clock, Secret, UserId

STEP_SECONDS: Final = 30
SECRET_BYTES: Final = 20
PENDING_SECONDS: Final = 15 * 60
"""How long an app may take to be confirmed."""
MOST_APPS: Final = 10
"""So many a user may have."""

_LOGGER: Final = logging.getLogger("jwt_auth.factors")
_CODE: Final = re.compile("[0-9]{6}", re.ASCII)


class TooManyFactorsError(AuthError):
    """Raised when a user has as many authenticator apps as one may have."""

    code = "too_many_factors"

    def __init__(self) -> None:
        super().__init__(f"a user may have {MOST_APPS} authenticator apps; remove one first")


class FactorNotFoundError(AuthError):
    """Raised when the user has no such second factor, or none at all."""

    code = "factor_not_found"

    def __init__(self) -> None:
        super().__init__("no such second factor")


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpApp:
    """An authenticator app of a user; times are seconds since the epoch, ``secret`` is what its row has."""

    factor_id: str
    user_id: UserId
    name: str
    secret: Encrypted
    created_at: int
    last_step: int = 0
    last_used_at: int | None = None

    @property
    def place(self) -> str:
        """What the secret is bound to."""
        return f"auth_totp.secret {self.factor_id} {self.user_id}"


class TotpStore(Protocol):
    """Keeps apps, in the transaction that the caller stands in where it stands in one.

    Every method raises UnavailableError when the store does not answer.
    """

    def add(self, app: TotpApp) -> None:
        """Keep an app that counts for nothing yet, in the place of another such one of the user."""
        ...

    def pending(self, user_id: UserId, *, since: int) -> TotpApp | None:
        """Return the one that is to be confirmed, if it is not older."""
        ...

    def of_user(self, user_id: UserId) -> Sequence[TotpApp]:
        """Return the user's confirmed apps, the oldest first."""
        ...

    def confirm(self, factor_id: str, *, step: int, now: int) -> bool:
        """Have an app count from now on, whose code of a step was used; of many at once, one does."""
        ...

    def use(self, factor_id: str, *, step: int, now: int) -> bool:
        """Take a step that is later than the last; of many at once with one step, one is told that it did."""
        ...

    def remove(self, user_id: UserId, factor_id: str | None = None) -> int:
        """Forget one of the user's apps, or all; return how many confirmed ones those were."""
        ...


def new_secret(entropy: Callable[[int], bytes]) -> Secret:
    """Return a secret of 160 bits in base32.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return Secret(b32encode(random_bytes(SECRET_BYTES, entropy)).decode())


def read_code(value: object) -> Secret:
    """Return a code that somebody typed, without the spaces that apps show.

    Raises:
        ValueError: it is no text of six digits.
    """
    text = value.replace(" ", "") if isinstance(value, str) else ""
    if not _CODE.fullmatch(text):
        raise ValueError("must be a text of 6 digits")
    return Secret(text)


@dataclass(frozen=True, slots=True)
class TotpCodes:
    """Looks at codes; a part of whatever takes one."""

    vault: Vault
    clock: Clock

    def step_of(self, app: TotpApp, code: Secret) -> int | None:
        """Return the step that a code is of, if it is one of now and later than the last.

        A secret that cannot be read is nobody's: the error is logged, and other factors go on.
        """
        from jwt_auth_core.factors.pyotp import code_at  # noqa: PLC0415 - a driver

        try:
            secret = self.vault.decrypt(app.secret, place=app.place).decode()
        except UndecipherableError as error:
            _LOGGER.error("the authenticator app %s is of no use: %s", app.factor_id, error)  # noqa: TRY400
            return None
        now = self.clock() // STEP_SECONDS
        given = code.reveal().encode()
        right = [step for step in (now - 1, now, now + 1) if same(code_at(secret, step).encode(), given)]
        return next((step for step in reversed(right) if step > app.last_step), None)


@dataclass(frozen=True, slots=True)
class TotpFactor:
    """The `Factor` of authenticator apps."""

    store: TotpStore
    codes: TotpCodes

    name = "totp"
    field = "totp"

    def is_enrolled(self, user_id: UserId) -> bool:
        """See `Factor.is_enrolled`."""
        return bool(self.store.of_user(user_id))

    def read(self, value: object) -> object:
        """See `Factor.read`."""
        return read_code(value)

    def verify(self, user_id: UserId, answer: object, *, challenge: str | None) -> tuple[str, ...] | None:
        """See `Factor.verify`."""
        del challenge  # a code is bound to its time, not to a login
        if not isinstance(answer, Secret):
            return None
        for app in self.store.of_user(user_id):
            step = self.codes.step_of(app, answer)
            if step is not None and self.store.use(app.factor_id, step=step, now=self.codes.clock()):
                return ("otp",)
        return None
