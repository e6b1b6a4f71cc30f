"""Recovery codes: ten new ones, shown this once; those of before are void."""

from __future__ import annotations

import os
from typing import ClassVar

from jwt_auth_core.events import RecoveryCodesRenewed
from jwt_auth_core.factors.recovery import RecoveryStore, new_codes, read_recovery_code, recovery_digest
from jwt_auth_core.factors.totp import FactorNotFoundError
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factors.factor_changes import FactorChanges
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client, Secret, UserId


@dataclass(frozen=True, slots=True)
class RenewRecoveryCodes:
    """Makes ten codes and shows them once; all codes of before are void."""

    executor: ClassVar = Executor.STORE

    changes: FactorChanges
    codes: RecoveryStore

    def __call__(self, user_id: str, client: Client, claims: Claims) -> tuple[Secret, ...]:
        """Return new codes of the caller, who has a second factor, and whose other sessions end (RF-11).

        Raises:
            InsufficientAuthenticationError: the login is not fresh, or was without the second factor.
            FactorNotFoundError: there is no second factor that they could stand for.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer; the old codes are good.
        """
        user = self.changes.fresh(user_id, claims)
        if not user.factor_kinds:
            raise FactorNotFoundError
        with self.changes.together(user.user_id, claims):
            made = self.made(user.user_id)
            now = self.changes.clock()
            self.changes.journal(RecoveryCodesRenewed(at=now, user_id=user.user_id, client=client))
            self.changes.end_others(user.user_id, client, keep=claims.session_id)
        return made

    def made(self, user_id: UserId) -> tuple[Secret, ...]:
        """Keep new codes in the place of all others, in the transaction that the caller stands in."""
        made = new_codes(os.urandom)
        digests = [recovery_digest(user_id, read_recovery_code(code.reveal())) for code in made]
        self.codes.replace(user_id, digests)
        return made
