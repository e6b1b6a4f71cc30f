"""The admin who calls: has ``auth:admin``, in the access token and in the database, by a login of lately."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial

from jwt_auth_core.admin.admin import ADMIN, AccountNotFoundError
from jwt_auth_core.admin.sql import SqlAdmins
from jwt_auth_core.audit.journal import by_admin
from jwt_auth_core.errors import (
    FieldError,
    InsufficientScopeError,
    InvalidInputError,
    UserNotFoundError,
)
from jwt_auth_core.flows.account.current_user import CurrentUser
from jwt_auth_core.flows.fresh_login import FreshLogin
from jwt_auth_core.flows.still_in_force import refuse_ended, refuse_other
from jwt_auth_core.records import dataclass
from jwt_auth_core.tokens.claims import Claims
from jwt_auth_core.tokens.covering import covering
from jwt_auth_core.users.user import User, UserStore, is_uuid
from jwt_auth_core.vocabulary import Client, UserId


@dataclass(frozen=True, slots=True)
class AdminCaller:
    """A part of the flows of admins; ``reading`` and ``fresh`` say how old a login may be."""

    current_user: CurrentUser
    users: UserStore
    admins: SqlAdmins
    reading: FreshLogin
    fresh: FreshLogin

    def reads(self, claims: Claims) -> User:
        """Return the admin of an access token, for what changes nothing.

        Raises:
            UserNotFoundError: the admin is gone or disabled.
            InsufficientScopeError: it has not ``auth:admin``, or no longer.
            InsufficientAuthenticationError: the login is too old, or was without the second factor.
            TokenInvalidError: all of the admin's sessions were ended meanwhile.
            UnavailableError: the database does not answer.
        """
        return self._checked(claims, self.reading)

    @contextmanager
    def changes_user(self, claims: Claims, user_id: str, client: Client) -> Generator[tuple[User, User]]:
        """Hold the admin and the user whom a change is about; as `changes` and `target`.

        A user who goes meanwhile is one that there is not.
        """
        with self.changes(claims, client) as admin:
            user = self.target(user_id)
            try:
                yield admin, user
            except UserNotFoundError:
                raise AccountNotFoundError from None

    @contextmanager
    def changes(self, claims: Claims, client: Client) -> Generator[User]:
        """Hold the admin of an access token, for a change; every event within names it.

        What it may is asked once more in the transaction of the change: who was taken ``auth:admin`` or was
        logged out between a look and a write of its own request changes nothing.

        Raises:
            UserNotFoundError, InsufficientScopeError, InsufficientAuthenticationError, UnavailableError: as
                above; the login is to be fresh.
        """
        admin = self._checked(claims, self.fresh)
        with by_admin(admin.user_id, client, check=partial(self._still, claims)):
            yield admin

    def target(self, user_id: str) -> User:
        """Return the user whom an admin names, disabled or not.

        Raises:
            InvalidInputError: this is no id.
            AccountNotFoundError: it is nobody's.
            UnavailableError: the database does not answer.
        """
        if not is_uuid(user_id):
            raise InvalidInputError([FieldError("user_id", "invalid_id", "must be a UUID")])
        user = self.users.find(UserId(user_id))
        if user is None:
            raise AccountNotFoundError
        return user

    def _still(self, claims: Claims) -> None:
        self.admins.hold(UserId(claims.subject))
        refuse_ended(self.current_user.users, UserId(claims.subject), claims)
        self._checked(claims, self.fresh)

    def _checked(self, claims: Claims, login: FreshLogin) -> User:
        # Scopes that were replaced lately are still in tokens that are out: here the database decides, too.
        user = self.current_user(claims.subject, claims)
        if not claims.allows(ADMIN) or not is_admin(user):
            raise InsufficientScopeError([ADMIN])
        login.check(claims, user=user)
        refuse_other(user, claims)
        return user


def is_admin(user: User) -> bool:
    """Tell whether a user's scopes cover ``auth:admin``."""
    return covering(user.scopes, ADMIN) is not None
