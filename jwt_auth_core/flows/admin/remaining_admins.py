"""Remaining admins: no change leaves a service without one, and nobody shuts out the own account."""

from __future__ import annotations

from collections.abc import Callable

from jwt_auth_core.admin.admin import ADMIN, LastAdminError, OwnAccountError
from jwt_auth_core.admin.sql import SqlAdmins
from jwt_auth_core.flows.admin.admin_caller import is_admin
from jwt_auth_core.records import dataclass
from jwt_auth_core.roles import RoleStore
from jwt_auth_core.tokens.covering import covering
from jwt_auth_core.users.user import User, UserStore


@dataclass(frozen=True, slots=True)
class RemainingAdmins:
    """A part of the flows of admins: what they ask in the transaction of a change.

    Whoever asks waits for those who asked before: of two admins who disable each other one does.
    """

    admins: SqlAdmins
    users: UserStore
    roles: RoleStore

    def without(self, user: User, *, admin: User) -> Callable[[], None]:
        """Return what refuses to disable a user.

        It raises OwnAccountError, LastAdminError, or UnavailableError where the database does not answer.
        """

        def check() -> None:
            _refuse_own(user, admin)
            self._refuse_last(user, kept=frozenset())

        return check

    def without_role(self, user: User, role: str, *, admin: User) -> Callable[[], None]:
        """Return what refuses to take a role from a user who has ``auth:admin`` by it alone; as above."""

        def check() -> None:
            self.admins.take_turn()
            now = self.users.find(user.user_id)
            if now is None or not is_admin(now):
                return
            others = (one.scopes for one in self.roles.all() if one.name in now.roles and one.name != role)
            kept = now.own_scopes.union(*others)
            if covering(kept, ADMIN) is None:
                _refuse_own(user, admin)
            self._refuse_last(user, kept=kept)

        return check

    def _refuse_last(self, user: User, *, kept: frozenset[str]) -> None:
        self.admins.take_turn()
        now = self.users.find(user.user_id)
        is_one = now is not None and now.disabled_at is None and is_admin(now)
        if is_one and covering(kept, ADMIN) is None and not self.admins.has_other(user.user_id):
            raise LastAdminError


def _refuse_own(user: User, admin: User) -> None:
    if user.user_id == admin.user_id:
        raise OwnAccountError
