"""Change users as an admin: disable, delete and take that back, end sessions, reset factors, change roles."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.admin.admin import AccountNotFoundError
from jwt_auth_core.flows.account.account_admin import AccountAdmin
from jwt_auth_core.flows.account.delete_account import DeleteAccount, undo_deletion
from jwt_auth_core.flows.admin.admin_caller import AdminCaller
from jwt_auth_core.flows.admin.remaining_admins import RemainingAdmins
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factors.remove_factors import ResetFactors
from jwt_auth_core.flows.roles.roles import Roles
from jwt_auth_core.flows.sessions.revoke_session import RevokeSession
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeUsers:
    """What an admin does to users; each call asks first whether the caller may.

    Each takes the claims of the admin's access token, a user's id, and where the request came from. Each
    raises what `AdminCaller.changes_user` raises, and UnavailableError where a store does not answer; then it
    may be repeated. Each leaves an event that names the admin.
    """

    executor: ClassVar = Executor.STORE

    caller: AdminCaller
    remaining: RemainingAdmins
    account: AccountAdmin
    deletion: DeleteAccount
    reset: ResetFactors
    roles: Roles
    revoke: RevokeSession

    def disable(self, claims: Claims, user_id: str, client: Client) -> None:
        """Refuse a user's logins and end all sessions and keys, until `enable`.

        Raises:
            OwnAccountError: it is the admin.
            LastAdminError: nobody else has ``auth:admin``.
        """
        with self.caller.changes_user(claims, user_id, client) as (admin, user):
            self.account.disable(user.user_id, check=self.remaining.without(user, admin=admin))

    def enable(self, claims: Claims, user_id: str, client: Client) -> None:
        """Let a disabled user log in again; what was ended stays ended."""
        with self.caller.changes_user(claims, user_id, client) as (_, user):
            self.account.enable(user.user_id)

    def delete(self, claims: Claims, user_id: str, client: Client) -> int:
        """Have a user erased in 30 days, and end all sessions and keys; return when that will be.

        Until then a login of the user takes it back, as after `DeleteAccount`; so does `keep`. Of one who is
        on the way out already the time stays, and nothing is told again.

        Raises:
            OwnAccountError: it is the admin.
            LastAdminError: nobody else has ``auth:admin``.
        """
        with self.caller.changes_user(claims, user_id, client) as (admin, user):
            if user.deletion_at is not None:
                return user.deletion_at
            check = self.remaining.without(user, admin=admin)
            due = self.deletion.schedule(user.user_id, client, check=check)
            if due is None:
                raise AccountNotFoundError
            return due

    def keep(self, claims: Claims, user_id: str, client: Client) -> bool:
        """Take a deletion back that is not due yet; tell whether there was one. What was ended stays so."""
        with self.caller.changes_user(claims, user_id, client) as (_, user):
            return undo_deletion(self.deletion.parts, self.deletion.deletions, user.user_id, client)

    def end_sessions(self, claims: Claims, user_id: str, client: Client) -> None:
        """End all sessions and access tokens of a user."""
        with self.caller.changes_user(claims, user_id, client) as (_, user):
            self.account.logout_all(user.user_id, client)

    def end_session(self, claims: Claims, user_id: str, session_id: str, client: Client) -> None:
        """End one session of a user.

        Raises:
            SessionNotFoundError: the user has no such session.
        """
        with self.caller.changes_user(claims, user_id, client) as (_, user):
            self.revoke(user.user_id, session_id, client)

    def revoke_api_key(self, claims: Claims, user_id: str, key_id: str, client: Client) -> None:
        """Revoke an API key of a user.

        Raises:
            ApiKeyNotFoundError: the user has none of this id.
        """
        with self.caller.changes_user(claims, user_id, client) as (_, user):
            self.account.revoke_api_key(user.user_id, key_id, client)

    def reset_factors(self, claims: Claims, user_id: str, client: Client) -> bool:
        """Remove a user's second factors, and end all sessions; tell whether there were any."""
        with self.caller.changes_user(claims, user_id, client) as (_, user):
            return self.reset(user.user_id)

    def grant_role(self, claims: Claims, user_id: str, role: str, client: Client) -> bool:
        """Give a user a role, from the next login or refresh on; tell whether it is news.

        Raises:
            RoleNotFoundError: there is no such role.
            InvalidInputError: the roles of the user would be too long for a token.
        """
        with self.caller.changes_user(claims, user_id, client) as (_, user):
            return self.roles.grant(user.user_id, role)

    def revoke_role(self, claims: Claims, user_id: str, role: str, client: Client) -> bool:
        """Take a role from a user, at once; tell whether it was there.

        Raises:
            RoleNotFoundError: there is no such role.
            OwnAccountError: it is the admin, who has ``auth:admin`` by this role alone.
            LastAdminError: nobody else has ``auth:admin``.
        """
        with self.caller.changes_user(claims, user_id, client) as (admin, user):
            check = self.remaining.without_role(user, role, admin=admin)
            return self.roles.revoke(user.user_id, role, check=check)
