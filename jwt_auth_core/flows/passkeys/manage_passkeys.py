"""List, name and remove the passkeys of a user; and void them, for whatever takes an account back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from jwt_auth_core.events import PasskeyRemoved
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.passkeys.parts import PasskeyParts
from jwt_auth_core.flows.still_in_force import refuse_ended
from jwt_auth_core.passkeys.passkey import LastCredentialError, Passkey, PasskeyNotFoundError, is_passkey_id
from jwt_auth_core.passwords.hasher import NO_PASSWORD
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client, UserId


@dataclass(frozen=True, slots=True)
class ListPasskeys:
    """Reads the passkeys of a user."""

    executor: ClassVar = Executor.STORE

    parts: PasskeyParts

    def __call__(self, user_id: UserId) -> Sequence[Passkey]:
        """Return the passkeys, the oldest first.

        Raises:
            UnavailableError: the store does not answer.
        """
        return self.parts.store.of_user(user_id)


@dataclass(frozen=True, slots=True)
class RenamePasskey:
    """Changes what a passkey is called, for who has a fresh login."""

    executor: ClassVar = Executor.STORE

    parts: PasskeyParts
    fresh_login: FreshLogin

    def parse(self, values: Mapping[str, object]) -> str:
        """Check ``name``.

        Raises:
            InvalidInputError: it is missing, blank or too long.
        """
        fields = Fields(values)
        name = fields.name("name")
        fields.raise_problems()
        return name

    def __call__(
        self, user_id: UserId, passkey_id: str, name: str, *, claims: Claims | None = None
    ) -> Passkey:
        """Give a passkey of this user's another name.

        With the ``claims`` of the caller's access token it asks for a fresh login: by their names users tell
        their own from a stranger's.

        Raises:
            InsufficientAuthenticationError: the login is not fresh.
            TokenInvalidError: its session was ended meanwhile.
            PasskeyNotFoundError: there is none of this id.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: the store does not answer.
        """
        if claims is not None:
            self.fresh_login.check(claims, user=self.parts.user(user_id))
        with self.parts.journal.together():
            self.parts.identities.held(user_id)  # the account is held, and with it the end of its sessions
            refuse_ended(self.parts.users, user_id, claims)
            if is_passkey_id(passkey_id):
                self.parts.store.rename(passkey_id, user_id, name)
        found = (one for one in self.parts.store.of_user(user_id) if one.passkey_id == passkey_id)
        passkey = next(found, None)
        if passkey is None:
            raise PasskeyNotFoundError
        return passkey


@dataclass(frozen=True, slots=True)
class RemovePasskey:
    """Removes a passkey, unless nothing else would open the account."""

    executor: ClassVar = Executor.STORE

    parts: PasskeyParts
    fresh_login: FreshLogin

    def __call__(
        self, user_id: UserId, passkey_id: str, client: Client | None = None, *, claims: Claims | None = None
    ) -> None:
        """Remove a passkey of this user's; it opens nothing from then on. Other sessions end (RF-11).

        With the ``claims`` of the caller's access token it asks for a fresh login.

        Raises:
            InsufficientAuthenticationError: the login is not fresh.
            TokenInvalidError: its session was ended meanwhile.
            LastCredentialError: without a password or an identity it is the last way into the account.
            PasskeyNotFoundError: there is none of this id.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: the store does not answer; the passkey may be good still, try again.
        """
        if claims is not None:
            self.fresh_login.check(claims, user=self.parts.user(user_id))
        event = PasskeyRemoved(at=self.parts.clock(), user_id=user_id, client=client, passkey_id=passkey_id)
        with self.parts.journal.together():
            held = self.parts.identities.held(user_id)  # nobody takes one off meanwhile
            refuse_ended(self.parts.users, user_id, claims)
            is_needed = held == 0 and self.parts.user(user_id).password_hash == NO_PASSWORD
            least = 1 if is_needed else 0
            if not self.parts.store.remove(passkey_id, user_id, least=least):
                raise self._why_not(user_id, passkey_id)
            self.parts.journal(event)
            keep = None if claims is None else claims.session_id
            self.parts.revoke_session.others(user_id, client, keep=keep)

    def _why_not(self, user_id: UserId, passkey_id: str) -> PasskeyNotFoundError | LastCredentialError:
        is_there = any(one.passkey_id == passkey_id for one in self.parts.store.of_user(user_id))
        return LastCredentialError() if is_there else PasskeyNotFoundError()

    def all(self, user_id: UserId, *, since: int = 0, reason: str | None = None) -> Sequence[str]:
        """Remove those made since a time, in the open transaction where there is one; return their ids.

        For whatever takes an account back from a stranger.

        Raises:
            UnavailableError: the store does not answer; nothing was changed.
        """
        with self.parts.journal.together():
            removed = self.parts.store.remove_all(user_id, since=since)
            for passkey_id in removed:
                now = self.parts.clock()
                event = PasskeyRemoved(at=now, user_id=user_id, passkey_id=passkey_id, reason=reason)
                self.parts.journal(event)
        return removed
