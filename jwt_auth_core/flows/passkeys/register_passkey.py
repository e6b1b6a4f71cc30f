"""Register a passkey: what to ask a browser for, and what it brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Final

from jwt_auth_core.events import PasskeyAdded
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.passkeys.challenges import REGISTRATION
from jwt_auth_core.flows.passkeys.parts import PasskeyParts, passkey_in
from jwt_auth_core.flows.still_in_force import refuse_ended
from jwt_auth_core.passkeys.ceremony import CeremonyError, NewCredential, Options, read_answer
from jwt_auth_core.passkeys.passkey import (
    InvalidPasskeyError,
    Passkey,
    TooManyPasskeysError,
    new_handle,
    new_passkey_id,
)
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.vocabulary import Client

FIRST_NAME: Final = "Passkey"
"""What a passkey is called where its user says nothing."""


@dataclass(frozen=True, slots=True)
class PasskeyRegistration:
    """Checked input; made by `RegisterPasskey.parse`. ``answer`` is what the browser brings, unread."""

    answer: Mapping[str, object] = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True)
class RegisterPasskey:
    """Adds a passkey to the account of who has a fresh login."""

    executor: ClassVar = Executor.STORE

    parts: PasskeyParts
    fresh_login: FreshLogin
    per_user: int

    def parse(self, values: Mapping[str, object]) -> PasskeyRegistration:
        """Check ``passkey`` and, where it is there, ``name``.

        Raises:
            InvalidInputError: names every offending field at once.
        """
        fields = Fields(values)
        answer = passkey_in(fields, values)
        name = FIRST_NAME if values.get("name") is None else fields.name("name")
        fields.raise_problems()
        return PasskeyRegistration(answer, name)

    def options(self, user_id: str, *, claims: Claims | None = None) -> Options:
        """Return what to ask the browser of a user for; the answer is good once, for five minutes.

        With the ``claims`` of the caller's access token it asks for a fresh login, with a second factor where
        the user has one: a passkey outlives the session of whoever found a browser open, and is both.

        Raises:
            InsufficientAuthenticationError: the login is not fresh.
            PasskeysNotConfiguredError: nobody said for whom passkeys are.
            TooManyPasskeysError: the user has as many as one may have.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        ceremonies, user = self.parts.ceremonies(), self.parts.user(user_id)
        if claims is not None:
            self.fresh_login.check(claims, user=user)
        known = self.parts.store.of_user(user.user_id)
        if len(known) >= self.per_user:
            raise TooManyPasskeysError(self.per_user)
        handle = self.parts.store.handle_of(user.user_id, new_handle())
        return ceremonies.registration(
            self.parts.challenges.new(REGISTRATION, {"user_id": user.user_id}),
            handle=handle,
            name=user.email,
            display_name=f"{user.first_name} {user.last_name}",
            known=known,
        )

    def __call__(
        self, user_id: str, asked: PasskeyRegistration, client: Client, *, claims: Claims | None = None
    ) -> Passkey:
        """Keep the passkey that a browser has made; ``claims`` as for `options`. Other sessions end (RF-11).

        Raises:
            InsufficientAuthenticationError: the login is not fresh.
            InvalidPasskeyError: it is no answer to what this user was asked, or it came too late.
            PasskeyExistsError: it is registered already.
            PasskeysNotConfiguredError: nobody said for whom passkeys are.
            TokenInvalidError: all of the user's sessions were ended meanwhile.
            TooManyPasskeysError: the user has as many as one may have.
            UserNotFoundError: the user is gone or disabled.
            UnavailableError: a store does not answer, or the system gives no random bytes.
        """
        user = self.parts.user(user_id)
        if claims is not None:
            self.fresh_login.check(claims, user=user)
        made = self._verified(user.user_id, asked.answer)
        now = self.parts.clock()
        passkey = Passkey(
            passkey_id=new_passkey_id(),
            user_id=user.user_id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            handle=self.parts.store.handle_of(user.user_id, new_handle()),
            sign_count=made.sign_count,
            name=asked.name,
            transports=made.transports,
            aaguid=made.aaguid,
            is_synced=made.is_synced,
            is_backed_up=made.is_backed_up,
            is_user_verified=made.is_user_verified,
            created_at=now,
        )
        event = PasskeyAdded(at=now, user_id=user.user_id, client=client, passkey_id=passkey.passkey_id)
        with self.parts.journal.together():
            if not self.parts.store.add(passkey, most=self.per_user):
                raise TooManyPasskeysError(self.per_user)
            refuse_ended(self.parts.users, user.user_id, claims)
            self.parts.journal(event)
            keep = None if claims is None else claims.session_id
            self.parts.revoke_session.others(user.user_id, client, keep=keep)
        return passkey

    def _verified(self, user_id: str, members: Mapping[str, object]) -> NewCredential:
        ceremonies = self.parts.ceremonies()
        try:
            answer = read_answer(members)
            bound_to = self.parts.challenges.spend(REGISTRATION, answer.challenge)
            if bound_to is None or bound_to["user_id"] != user_id:
                raise InvalidPasskeyError
            return ceremonies.register(answer)
        except CeremonyError:
            raise InvalidPasskeyError from None
