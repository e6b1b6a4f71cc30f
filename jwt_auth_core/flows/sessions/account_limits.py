"""Limits of an account: how it stands, and its new beginning when somebody has proven to be its owner.

An operator's word is such a proof, and so is what came by mail, a passkey, a mailed code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.events import PasswordReopened
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.flows.sessions.login_limits import (
    ACCOUNT_FAILURES,
    DEVICE_FAILURES,
    MOST_IN_A_ROW,
    LoginLimits,
    device_codes_key,
    device_key,
)
from jwt_auth_core.flows.user_limits import CODES
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.user import User, UserStore
from jwt_auth_core.vocabulary import Clock, Email, UserId


@dataclass(frozen=True, slots=True)
class Counted:
    """By which rule something of an account is counted, and under which key.

    ``where`` is empty for what is counted wherever it comes from, else in words for an operator.
    """

    rule: str
    key: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """How the account of an address stands.

    Attributes:
        in_a_row: how many passwords in a row were wrong elsewhere than at known devices.
        is_there: whether anybody has the address.
        counted: what is counted of it, in the order in which it matters.
    """

    in_a_row: int
    is_there: bool = True
    counted: Sequence[Counted] = ()

    @property
    def is_stopped(self) -> bool:
        """Whether the password works from known devices alone."""
        return self.in_a_row >= MOST_IN_A_ROW


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """Shows and clears the wrong guesses that are counted for an account."""

    executor: ClassVar = Executor.STORE

    limits: LoginLimits
    users: UserStore
    journal: Journal
    clock: Clock

    def standing(self, address: str) -> AccountStanding:
        """Return how the account of an address stands, in whatever spelling, whether or not there is one.

        Raises:
            UnavailableError: the database does not answer.
        """
        email = identity(address)
        user = self.users.find_by_email(email)
        counted = list(self._counted(email, user))
        return AccountStanding(0 if user is None else user.password_failures, user is not None, counted)

    def reset(self, address: str) -> Email:
        """Forget all wrong passwords and codes for an account; return its identity.

        Raises:
            UnavailableError: a store does not answer.
        """
        email = identity(address)
        user = self.users.find_by_email(email)
        self._forget(email, user)
        for one in self._counted(email, user):
            if one.rule == CODES:
                self.limits.rate_limits.reset(CODES, one.key)
        return email

    def reopen(self, user: User) -> None:
        """Forget the wrong passwords of a user who has proven to be the owner in another way.

        Not the codes: who reads somebody's letters must not guess the second factor over and over by that.

        Raises:
            UnavailableError: a store does not answer.
        """
        self._forget(identity(user.email), user)

    def _counted(self, email: Email, user: User | None) -> Iterator[Counted]:
        yield Counted(ACCOUNT_FAILURES, email)
        yield Counted(CODES, email, "by letter")
        if user is None:
            return
        yield Counted(CODES, user.user_id)
        for number, digest in enumerate(self.limits.devices.of_user(user.user_id), 1):
            where = f"at known device {number}"
            yield Counted(DEVICE_FAILURES, device_key(digest, email), where)
            yield Counted(CODES, device_codes_key(digest, user.user_id), where)

    def _forget(self, email: Email, user: User | None) -> None:
        self.limits.forget(email)
        if user is not None:
            for digest in self.limits.devices.of_user(user.user_id):
                self.limits.rate_limits.reset(DEVICE_FAILURES, device_key(digest, email))
            self._forget_in_a_row(user.user_id)

    def _forget_in_a_row(self, user_id: UserId) -> None:
        with self.journal.together():
            self.limits.devices.forgive(user_id)
            if self.limits.failures.clear(user_id):
                self.journal(PasswordReopened(at=self.clock(), user_id=user_id))
