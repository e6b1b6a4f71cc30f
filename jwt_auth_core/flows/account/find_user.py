"""Find a user by an address, for operators: disabled ones too."""

from __future__ import annotations

from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.flows.sessions.login import identity
from jwt_auth_core.users.user import User, UserStore


def find_user(users: UserStore, address: str) -> User:
    """Return the user who would log in with this address.

    Raises:
        UserNotFoundError: there is none.
        UnavailableError: the store does not answer.
    """
    user = users.find_by_email(identity(address))
    if user is None:
        raise UserNotFoundError
    return user
