"""A role, how much it may hold, what a store of roles promises, and the error that only roles have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Protocol

from jwt_auth_core.errors import AuthError, FieldError, InvalidInputError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import UserId

LONGEST_SCOPES: Final = 1000
"""How many characters the scopes of one role have, with a space between."""
LONGEST_OF_USER: Final = 2000
"""How many characters all roles of one user have, names and scopes: a token has to hold them."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


class RoleNotFoundError(AuthError):
    """Raised when a role is granted or taken away that nobody defined; ``role`` is its name."""

    code = "role_not_found"

    def __init__(self, role: str) -> None:
        self.role = role
        super().__init__(f"there is no role {role!a}; `jwt-auth roles list` names those that are")


@dataclass(frozen=True, slots=True)
class Role:
    """A name for scopes.

    Raises:
        InvalidInputError: the name is no word of up to 64 letters, digits and ``_ . : -``, or the scopes are
            too long.
    """

    name: str
    scopes: frozenset[str]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            message = "must be up to 64 letters, digits, and _ . : - behind the first of them"
            raise InvalidInputError([FieldError("role", "invalid_role", message)])
        if len(self.text) > LONGEST_SCOPES:
            message = f"must be at most {LONGEST_SCOPES} characters long together"
            raise InvalidInputError([FieldError("scopes", "too_long", message)])

    @property
    def text(self) -> str:
        """The scopes in alphabetical order, a space between."""
        return " ".join(sorted(self.scopes))


def too_many(role: str) -> InvalidInputError:
    """Return what refuses a change by which the roles of a user would not fit into a token."""
    message = (
        f"the roles of a user that has {role!r} would be over {LONGEST_OF_USER} characters, names and scopes"
    )
    return InvalidInputError([FieldError("role", "too_many_roles", message)])


class RoleStore(Protocol):
    """Where roles are kept, and who has which.

    Every method raises UnavailableError when the store does not answer; each may be repeated without harm.
    """

    def put(self, role: Role) -> bool:
        """Define a role, in the place of the one of its name before; tell whether anything changed.

        Raises:
            InvalidInputError: the roles of a user who has it would be too long together.
        """
        ...

    def all(self) -> Sequence[Role]:
        """Return every role, by name."""
        ...

    def grant(self, user_id: UserId, name: str) -> bool:
        """Give a role to a user who has an account; tell whether it is news.

        Raises:
            RoleNotFoundError: there is no such role.
            InvalidInputError: the roles of the user would be too long together.
        """
        ...

    def revoke(self, user_id: UserId, name: str) -> bool:
        """Take a role from a user; tell whether it was there.

        Raises:
            RoleNotFoundError: there is no such role.
        """
        ...
