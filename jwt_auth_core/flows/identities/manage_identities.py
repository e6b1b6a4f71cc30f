"""Link, list and remove the identities of a user; and void them, for whatever takes an account back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from jwt_auth_core.events import IdentityRemoved
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.identities.admit import Admit
from jwt_auth_core.flows.identities.meet import Met
from jwt_auth_core.flows.identities.parts import IdentityParts
from jwt_auth_core.flows.still_in_force import refuse_ended
from jwt_auth_core.identities.identity import (
    Identity,
    IdentityNotFoundError,
    IdentityTakenError,
    is_identity_id,
)
from jwt_auth_core.identities.provider import StateInvalidError
from jwt_auth_core.passkeys.passkey import LastCredentialError
from jwt_auth_core.passwords.hasher import NO_PASSWORD
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client, SessionId, UserId


@dataclass(frozen=True, slots=True)
class LinkIdentity:
    """Adds an identity to the account that asked for it, and to no other."""

    executor: ClassVar = Executor.STORE

    admit: Admit

    def __call__(self, met: Met, client: Client) -> Identity:
        """Have who was met open the account that asked for it; its other sessions end (RF-11).

        Raises:
            StateInvalidError: nobody asked for that, or the session that did is over.
            IdentityTakenError: the identity opens another account.
            TooManyIdentitiesError: the user has as many as one may have.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer.
        """
        trip, parts = met.trip, self.admit.parts
        if trip.user_id is None or trip.session_id is None:
            raise StateInvalidError
        user = parts.user(trip.user_id)
        live = parts.revoke_session.list_sessions.ids(user.user_id)
        if user.session_version != trip.session_version or SessionId(trip.session_id) not in live:
            raise StateInvalidError
        try:
            with parts.journal.together():
                linked = self.admit.link(met.person, user.user_id, client)
                if parts.user(user.user_id).session_version != trip.session_version:
                    raise StateInvalidError  # ended at this moment
                parts.revoke_session.others(user.user_id, client, keep=trip.session_id)
        except IdentityTakenError:
            found = parts.store.find(met.person.issuer, met.person.subject)
            if found is None or found.user_id != user.user_id:
                raise
            return found  # it does already
        return linked


@dataclass(frozen=True, slots=True)
class ListIdentities:
    """Reads the identities of a user."""

    executor: ClassVar = Executor.STORE

    parts: IdentityParts

    def __call__(self, user_id: UserId) -> Sequence[Identity]:
        """Return the identities, the oldest first.

        Raises:
            UnavailableError: the store does not answer.
        """
        return self.parts.store.of_user(user_id)


@dataclass(frozen=True, slots=True)
class RemoveIdentity:
    """Removes an identity, unless nothing else would open the account."""

    executor: ClassVar = Executor.STORE

    parts: IdentityParts
    fresh_login: FreshLogin

    def __call__(
        self,
        user_id: UserId,
        identity_id: str,
        client: Client | None = None,
        *,
        claims: Claims | None = None,
    ) -> None:
        """Remove an identity of this user's; it opens nothing from then on. Other sessions end (RF-11).

        With the ``claims`` of the caller's access token it asks for a fresh login.

        Raises:
            InsufficientAuthenticationError: the login is not fresh.
            TokenInvalidError: its session was ended meanwhile.
            IdentityNotFoundError: there is none of this id.
            LastCredentialError: it is the last way into the account.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: the store does not answer; the identity may be good still, try again.
        """
        parts = self.parts
        if claims is not None:
            self.fresh_login.check(claims, user=parts.user(user_id))
        with parts.journal.together():
            held = parts.store.held(user_id)  # nobody takes off another one meanwhile, or a passkey
            refuse_ended(parts.users, user_id, claims)
            found = (one for one in parts.store.of_user(user_id) if one.identity_id == identity_id)
            identity = next(found, None)
            if identity is None or not is_identity_id(identity_id):
                raise IdentityNotFoundError
            has_password = parts.user(user_id).password_hash != NO_PASSWORD
            if not has_password and held == 1 and not parts.passkeys.of_user(user_id):
                raise LastCredentialError
            parts.store.remove(identity_id, user_id)
            self._tell(identity, client, None)
            keep = None if claims is None else claims.session_id
            parts.revoke_session.others(user_id, client, keep=keep)

    def all(self, user_id: UserId, *, since: int = 0, reason: str | None = None) -> Sequence[Identity]:
        """Remove those linked since a time, in the open transaction where there is one; return them.

        For whatever takes an account back from a stranger.

        Raises:
            UnavailableError: the store does not answer; nothing was changed.
        """
        with self.parts.journal.together():
            removed = self.parts.store.remove_all(user_id, since=since)
            for identity in removed:
                self._tell(identity, None, reason)
        return removed

    def _tell(self, identity: Identity, client: Client | None, reason: str | None) -> None:
        event = IdentityRemoved(
            at=self.parts.clock(),
            user_id=identity.user_id,
            client=client,
            reason=reason,
            identity_id=identity.identity_id,
            issuer=identity.issuer,
        )
        self.parts.journal(event)
