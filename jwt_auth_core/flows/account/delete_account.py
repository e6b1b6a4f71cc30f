"""Delete the account: all of it ends at once, and goes 30 days later unless the user comes back."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.errors import TokenInvalidError, UserNotFoundError
from jwt_auth_core.events import DeletionScheduled, DeletionUndone
from jwt_auth_core.flows.account.account_admin import AccountAdmin, Check
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.sessions.parts import SessionParts
from jwt_auth_core.flows.still_in_force import refuse_other
from jwt_auth_core.records import dataclass
from jwt_auth_core.sessions.reason import EndReason
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.deletion import GRACE_SECONDS, Deletions
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Client, UserId


@dataclass(frozen=True, slots=True)
class DeleteAccount:
    """Ends all at once and removes it later, so that a login within the grace takes it back."""

    executor: ClassVar = Executor.STORE

    parts: SessionParts
    current_user: CurrentUser
    fresh_login: FreshLogin
    end_user: AccountAdmin
    deletions: Deletions

    def __call__(self, user_id: str, client: Client, claims: Claims | None = None) -> int:
        """Have the caller's account erased in `GRACE_SECONDS`; return when that will be.

        All sessions and access tokens are over, and API keys are good for nothing, as long as it stands. A
        login takes it back (`OpenSession`). The user is told by letter, where there is a mailer.

        Raises:
            InsufficientAuthenticationError: the login of the ``claims`` is not fresh, or showed no second
                factor where there is one.
            TokenInvalidError: all of the user's sessions were ended meanwhile.
            UserNotFoundError: the user is gone, on the way out or disabled.
            UnavailableError: a store does not answer; try again.
        """
        user = self.current_user(user_id)
        refuse_other(user, self.fresh_login.check(claims, user=user))
        due = self.schedule(user.user_id, client, expected_version=user.session_version)
        if due is None:
            raise TokenInvalidError("revoked")
        return due

    def schedule(
        self,
        owner: UserId,
        client: Client,
        *,
        expected_version: int | None = None,
        check: Check | None = None,
    ) -> int | None:
        """Have any account erased in `GRACE_SECONDS`; return when that will be.

        None where the user's sessions were ended since the ``expected_version``. ``check`` is asked in the
        transaction of the change, and may refuse it by what it raises.

        Raises:
            UserNotFoundError: there is no such user.
            UnavailableError: a store does not answer; try again.
        """
        now = self.parts.clock()
        with self.parts.journal.together():
            if check is not None:
                check()
            version = self.parts.users.cut_off(owner, now=now, expected_version=expected_version)
            if version is None:
                return None
            due = self.deletions.schedule(owner, at=now + GRACE_SECONDS)
            if due is None:
                raise UserNotFoundError
            self.parts.journal(DeletionScheduled(at=now, user_id=owner, client=client, deletion_at=due))
        self.end_user.clear(owner, now=now, version=version, reason=EndReason.DELETED)
        return due

    def undo(self, user: User) -> bool:
        """Keep an account for an operator; tell whether it was on the way out.

        Raises:
            UnavailableError: the store does not answer.
        """
        return undo_deletion(self.parts, self.deletions, user.user_id, None)


def undo_deletion(parts: SessionParts, deletions: Deletions, user_id: UserId, client: Client | None) -> bool:
    """Take a deletion back that is not due yet, and tell whether there was one.

    Raises:
        UnavailableError: the store does not answer; the account is on the way out as before.
    """
    now = parts.clock()
    with parts.journal.together():
        is_kept = deletions.keep(user_id, now=now)
        if is_kept:
            parts.journal(DeletionUndone(at=now, user_id=user_id, client=client))
    return is_kept
