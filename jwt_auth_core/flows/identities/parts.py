"""What the use cases of identities share."""

from __future__ import annotations

from collections.abc import Mapping

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.flows.identities.round_trip import RoundTrips
from jwt_auth_core.flows.sessions.revoke_session import RevokeSession
from jwt_auth_core.identities.identity import IdentityStore
from jwt_auth_core.identities.provider import Provider, ProviderNotFoundError
from jwt_auth_core.passkeys.passkey import PasskeyStore
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.store import Users
from jwt_auth_core.users.user import User
from jwt_auth_core.users.verified import VerifiedAddresses
from jwt_auth_core.vocabulary import Clock, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityParts:
    """Made once, at assembly, and handed to each of them whole.

    Attributes:
        providers: whom users may sign in with, by name.
        store: the identities.
        passkeys: what opens an account beside them.
        trips: the browsers that are at a provider.
        users: whose identities they are.
        verified: whose addresses are shown to be theirs.
        journal: hears what happened, and writes it down with the change.
        clock: the time in whole seconds.
        revoke_session: ends the sessions of whoever changes what opens an account, but the one that does it.
    """

    providers: Mapping[str, Provider]
    store: IdentityStore
    passkeys: PasskeyStore
    trips: RoundTrips
    users: Users
    verified: VerifiedAddresses
    journal: Journal
    clock: Clock
    revoke_session: RevokeSession

    def provider(self, name: str) -> Provider:
        """Return a provider by its name here.

        Raises:
            ProviderNotFoundError: none is configured that is called so.
        """
        found = self.providers.get(name)
        if found is None:
            raise ProviderNotFoundError
        return found

    def user(self, user_id: str) -> User:
        """Return a user who is there and enabled.

        Raises:
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: the store does not answer.
        """
        user = self.users.find(UserId(user_id))
        if user is None or user.disabled_at is not None:
            raise UserNotFoundError
        return user
