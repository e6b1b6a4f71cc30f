"""What the use cases of passkeys share, and how one is read of the fields of a body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from jwt_auth_core.audit.journal import Journal
from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.passkeys.challenges import Challenges
from jwt_auth_core.flows.sessions.revoke_session import RevokeSession
from jwt_auth_core.identities.identity import IdentityStore
from jwt_auth_core.passkeys.ceremony import Ceremonies
from jwt_auth_core.passkeys.passkey import PasskeyStore
from jwt_auth_core.records import dataclass
from jwt_auth_core.users.store import Users
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import Clock, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyParts:
    """Made once, at assembly, and handed to each of them whole.

    Attributes:
        store: the passkeys.
        ceremonies: returns what asks browsers and verifies; the library is loaded by the first who wants it.
        challenges: what browsers have signed.
        identities: what opens an account beside them.
        users: whose they are.
        journal: hears what happened, and writes it down with the change.
        clock: the time in whole seconds.
        revoke_session: ends the sessions of whoever changes what opens an account, but the one that does it.
    """

    store: PasskeyStore
    ceremonies: Callable[[], Ceremonies]
    challenges: Challenges
    identities: IdentityStore
    users: Users
    journal: Journal
    clock: Clock
    revoke_session: RevokeSession

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


def passkey_in(fields: Fields, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a browser brings in the field ``passkey``, or note why there is nothing."""
    value = values.get("passkey")
    if isinstance(value, dict):
        return cast("Mapping[str, object]", value)
    missing = value is None
    code, message = ("missing", "is required") if missing else ("wrong_type", "must be an object")
    fields.note("passkey", code, message)
    return {}
