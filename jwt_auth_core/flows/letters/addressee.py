"""The addressee of a letter: the user to whom it went, as long as the account has the address."""

from __future__ import annotations

from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.users.user import User, UserStore
from jwt_auth_core.vocabulary import Email, UserId


def addressee(users: UserStore, user_id: UserId, address: Email) -> User | None:
    """Return the user, None for one who is gone or disabled, or has another address by now.

    Raises:
        UnavailableError: the store does not answer.
    """
    user = users.find(user_id)
    if user is None or user.disabled_at is not None:
        return None
    return user if identity(user.email) == address else None
