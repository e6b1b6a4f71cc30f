"""The addressee of a letter: whom a request names, and the user who got one, while the address is theirs."""

from __future__ import annotations

from collections.abc import Mapping

from jwt_auth_core.flows.fields import Fields
from jwt_auth_core.flows.sessions.login import email_in, identity
from jwt_auth_core.users.user import User, UserStore
from jwt_auth_core.vocabulary import Email, UserId


def address_in(values: Mapping[str, object]) -> Email:
    """Return whom ``email`` names; a malformed address is no error, just nobody's.

    Raises:
        InvalidInputError: it is missing, no text or endless.
    """
    fields = Fields(values)
    email = email_in(fields)
    fields.raise_problems()
    return email


def addressee(users: UserStore, user_id: UserId, address: Email) -> User | None:
    """Return the user, None for one who is gone or disabled, or has another address by now.

    Raises:
        UnavailableError: the store does not answer.
    """
    user = users.find(user_id)
    if user is None or user.disabled_at is not None:
        return None
    return user if identity(user.email) == address else None
