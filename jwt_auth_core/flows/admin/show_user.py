"""Show a user to whoever operates the service: what it is, and by what it gets in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from jwt_auth_core.api_keys.api_key import ApiKey
from jwt_auth_core.devices import Devices
from jwt_auth_core.factors.recovery import RecoveryStore
from jwt_auth_core.factors.totp import TotpApp, TotpStore
from jwt_auth_core.flows.api_keys.list_api_keys import ListApiKeys
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.identities.manage_identities import ListIdentities
from jwt_auth_core.flows.passkeys.manage_passkeys import ListPasskeys
from jwt_auth_core.flows.sessions.account_limits import AccountLimits, AccountStanding
from jwt_auth_core.flows.sessions.list_sessions import ListSessions
from jwt_auth_core.identities.identity import Identity
from jwt_auth_core.passkeys.passkey import Passkey
from jwt_auth_core.records import dataclass
from jwt_auth_core.roles import Role, RoleStore
from jwt_auth_core.sessions.session import Session
from jwt_auth_core.users.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDetails:
    """All that is known of a user; nothing of it opens anything.

    ``roles`` are those that the user has, ``devices`` how many browsers have signed in, ``standing`` how many
    passwords in a row were wrong.
    """

    user: User
    roles: Sequence[Role]
    sessions: Sequence[Session]
    passkeys: Sequence[Passkey]
    identities: Sequence[Identity]
    apps: Sequence[TotpApp]
    recovery_codes: int
    api_keys: Sequence[ApiKey]
    devices: int
    standing: AccountStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowUser:
    """Reads all that an operator may know of a user: no hash and no secret."""

    executor: ClassVar = Executor.STORE

    roles: RoleStore
    list_sessions: ListSessions
    list_passkeys: ListPasskeys
    list_identities: ListIdentities
    apps: TotpStore
    recovery: RecoveryStore
    list_api_keys: ListApiKeys
    devices: Devices
    limits: AccountLimits

    def __call__(self, user: User) -> UserDetails:
        """Return it.

        Raises:
            UnavailableError: a store does not answer.
        """
        return UserDetails(
            user=user,
            roles=[one for one in self.roles.all() if one.name in user.roles] if user.roles else [],
            sessions=self.list_sessions(user.user_id),
            passkeys=self.list_passkeys(user.user_id),
            identities=self.list_identities(user.user_id),
            apps=self.apps.of_user(user.user_id),
            recovery_codes=self.recovery.count(user.user_id),
            api_keys=self.list_api_keys(user.user_id),
            devices=len(self.devices.of_user(user.user_id)),
            standing=self.limits.standing(user.email),
        )
