"""Current user: the id of an authenticated subject in, the user as stored now out."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.errors import UserNotFoundError
from jwt_auth_core.flows.executor import Executor
from jwt_auth_core.flows.factor_scopes import NO_SCOPES, FactorScopes
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.users.store import Users
from jwt_auth_core.users.user import User
from jwt_auth_core.vocabulary import UserId


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """Reads the user as stored now, where a token says what was true when it was issued."""

    executor: ClassVar = Executor.STORE

    users: Users
    factor_scopes: FactorScopes = NO_SCOPES

    def __call__(self, user_id: str, claims: Claims | None = None) -> User:
        """Return the user; with the ``claims`` of an access token, the scopes that its session grants now.

        Raises:
            UserNotFoundError: deleted, to be deleted or disabled since the access token was issued.
            UnavailableError: the store does not answer.
        """
        # As it is spelled: an access token of another issuer's making may name any subject.
        user = self.users.find(UserId(user_id))
        if user is None or user.disabled_at is not None or user.deletion_at is not None:
            raise UserNotFoundError
        return user if claims is None else self.factor_scopes.granted(user, claims.acr)
