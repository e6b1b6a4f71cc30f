"""Remove second factors: one app or all by their user, everything by an operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from jwt_auth_core.events import FactorRemoved, FactorsReset
from jwt_auth_core.factors.factor import TOTP
from jwt_auth_core.factors.recovery import RecoveryStore
from jwt_auth_core.factors.totp import FactorNotFoundError, TotpStore
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factors.factor_changes import FactorChanges
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client, UserId


@dataclass(frozen=True, slots=True)
class RemoveTotp:
    """Removes apps of the caller, who proves that by a fresh login."""

    executor: ClassVar = Executor.STORE

    changes: FactorChanges
    apps: TotpStore
    recovery: RecoveryStore

    def __call__(self, user_id: str, factor_id: str | None, client: Client, claims: Claims) -> None:
        """Forget one authenticator app of the caller, or all; with the last factor go the recovery codes.

        The caller's other sessions end (RF-11).

        Raises:
            InsufficientAuthenticationError: the login is not fresh, or was without the second factor.
            FactorNotFoundError: there is none.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: the database does not answer; nothing was removed.
        """
        user = self.changes.fresh(user_id, claims)
        with self.changes.together(user.user_id, claims):
            if not self.apps.remove(user.user_id, factor_id):
                raise FactorNotFoundError
            is_last = not self.apps.of_user(user.user_id)
            if is_last and not self.changes.enrolled.remove(user.user_id, TOTP):
                self.recovery.replace(user.user_id, ())
            now = self.changes.clock()
            event = FactorRemoved(at=now, user_id=user.user_id, client=client, factor="totp")
            self.changes.journal(event)
            self.changes.end_others(user.user_id, client, keep=claims.session_id)


@dataclass(frozen=True, slots=True)
class StoredKind:
    """Where factors of a kind are kept: its bit, who forgets a user's and tells how many, who knows of one.

    ``forget`` takes a time as well: what was added before it stays.
    """

    bit: int
    forget: Callable[[UserId, int | None], int]
    is_enrolled: Callable[[UserId], bool]


@dataclass(frozen=True, slots=True)
class ResetFactors:
    """Removes all second factors of a user who has lost them, for operators."""

    executor: ClassVar = Executor.STORE

    changes: FactorChanges
    kinds: Sequence[StoredKind]
    recovery: RecoveryStore

    def __call__(self, user_id: UserId) -> bool:
        """Remove the second factors of a user, and end all sessions (RF-11); tell whether there were any.

        Raises:
            UserNotFoundError: the user is gone.
            UnavailableError: a store does not answer; nothing was removed.
        """
        with self.changes.journal.together():
            is_done = self.void(user_id)
            if is_done:
                self.changes.end_others(user_id, None, keep=None)
        return is_done

    def void(self, user_id: UserId, *, reason: str | None = None, since: int | None = None) -> bool:
        """Remove the second factors of a user, or those added ``since``; tell whether there were any.

        The recovery codes go in any case: nobody knows who has them. Passkeys stay, to log in with; without
        a ``since`` they count as a second factor no more, until another is added.

        Raises:
            UserNotFoundError: the user is gone.
            UnavailableError: the database does not answer; nothing was removed.
        """
        with self.changes.together(user_id):
            removed = sum(kind.forget(user_id, since) for kind in self.kinds)
            for kind in self.kinds:
                if not kind.is_enrolled(user_id):
                    self.changes.enrolled.remove(user_id, kind.bit)
            self.recovery.replace(user_id, ())
            if since is None:
                removed += self.changes.enrolled.clear(user_id)
            if removed:
                event = FactorsReset(at=self.changes.clock(), user_id=user_id, reason=reason)
                self.changes.journal(event)
        return removed > 0


@dataclass(frozen=True, slots=True)
class VoidFactors:
    """A `Voider`: what a stranger has added is void with the rest."""

    reset: ResetFactors

    def __call__(self, user_id: UserId, *, reason: str, since: int | None) -> None:
        """See `Voider`."""
        self.reset.void(user_id, reason=reason, since=since)
