"""Current user: the id of an authenticated subject in, the user as stored now out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.users.user import User, UserStore
from jwt_auth_core.vocabulary import UserId


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """The use case; its part is named once, at assembly."""

    users: UserStore

    def __call__(self, user_id: str) -> User:
        """Return the user.

        Raises:
            UserNotFoundError: deleted or disabled since the access token was issued.
            UnavailableError: the store does not answer.
        """
        user = self.users.find(_canonical(user_id))
        if user is None or user.disabled_at is not None:
            raise UserNotFoundError
        return user


def _canonical(user_id: str) -> UserId:
    try:
        return UserId(str(uuid.UUID(user_id)))
    except ValueError:  # an access token of another issuer's making may name any subject
        raise UserNotFoundError from None
