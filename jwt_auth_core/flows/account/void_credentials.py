"""Void credentials: what opened an account is good no longer, for its owner was somebody else.

A capability whose things open accounts is one more in ``voiders``: keys, factors, identities.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from jwt_auth_core.devices import Devices
from jwt_auth_core.flows.api_keys.revoke_api_key import RevokeApiKey
from jwt_auth_core.flows.identities.manage_identities import RemoveIdentity
from jwt_auth_core.flows.passkeys.manage_passkeys import RemovePasskey
from jwt_auth_core.passwords.hasher import NO_PASSWORD
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.store import Users
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import UserId


class Voider(Protocol):
    """Voids what one capability keeps of a user, in the open transaction."""

    def __call__(self, user_id: UserId, *, reason: str, since: int | None) -> None:
        """Void what was added from ``since`` on, in seconds since the epoch; None means all of it.

        Raises:
            UnavailableError: the store does not answer; nothing was changed.
        """
        ...


@dataclass(frozen=True, slots=True)
class VoidApiKeys:
    """All of them: whoever made one may have had it for another's sake."""

    revoke_api_key: RevokeApiKey

    def __call__(self, user_id: UserId, *, reason: str, since: int | None) -> None:  # noqa: ARG002
        """See `Voider`."""
        self.revoke_api_key.all(user_id, reason=reason)


@dataclass(frozen=True, slots=True)
class VoidDevices:
    """All of them: where somebody signed in by what is void, nobody is known any more."""

    devices: Devices

    def __call__(self, user_id: UserId, *, reason: str, since: int | None) -> None:  # noqa: ARG002
        """See `Voider`."""
        self.devices.forget(user_id)


@dataclass(frozen=True, slots=True)
class VoidPasskeys:
    """Those that were made from then on; one that is older was there before the stranger."""

    remove_passkey: RemovePasskey

    def __call__(self, user_id: UserId, *, reason: str, since: int | None) -> None:
        """See `Voider`."""
        self.remove_passkey.all(user_id, since=since or 0, reason=reason)


@dataclass(frozen=True, slots=True)
class VoidIdentities:
    """Those that were linked from then on; one that is older was there before the stranger."""

    remove_identity: RemoveIdentity

    def __call__(self, user_id: UserId, *, reason: str, since: int | None) -> None:
        """See `Voider`."""
        self.remove_identity.all(user_id, since=since or 0, reason=reason)


@dataclass(frozen=True, slots=True)
class VoidCredentials:
    """Voids what a stranger may have set, for flows that give an account back."""

    users: Users
    voiders: Sequence[Voider]

    def __call__(self, user: User, *, now: int, reason: str, since: int | None = None) -> bool:
        """Void the password and what was added ``since``, and end all sessions, in the open transaction.

        Tells whether the user was the one given: where password or session version are others by now,
        nothing was changed.

        Raises:
            UserNotFoundError: the user is gone.
            UnavailableError: the store does not answer; nothing was changed.
        """
        is_done = self.users.change_password(
            user.user_id,
            expected_hash=user.password_hash,
            new_hash=NO_PASSWORD,
            expected_version=user.session_version,
            now=now,
        )
        if is_done:
            self.added(user.user_id, reason=reason, since=since)
        return is_done

    def added(self, user_id: UserId, *, reason: str, since: int | None = None) -> None:
        """Void what was added beside the password, in the open transaction.

        Raises:
            UnavailableError: the store does not answer; nothing was changed.
        """
        for void in self.voiders:
            void(user_id, reason=reason, since=since)
