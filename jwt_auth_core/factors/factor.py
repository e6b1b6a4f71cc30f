"""A second factor: what every kind of them promises to a login, and the error that only this capability has.

A kind is one object in ``assemble/second_factors.py``, and nothing else has to know of it: the route
``POST /auth/login/second-factor``, a challenge's list, limits and events go by what it says of itself.
"""

from __future__ import annotations

from typing import Final, Protocol

from jwt_auth_core.errors import AuthError
from jwt_auth_core.vocabulary import UserId

TOTP: Final = 1
PASSKEY: Final = 2
"""Bits of ``auth_accounts.factor_kinds``, which a login reads with the user; of what must never be reused."""


class FactorInvalidError(AuthError):
    """Raised when a second factor is wrong, was used before, or is not one that the user has."""

    code = "factor_invalid"

    def __init__(self) -> None:
        super().__init__("the second factor is wrong or was used before")


class Factor(Protocol):
    """A kind of second factors.

    To add one: write a class with these members, a bit above, and an object of it in
    ``assemble/second_factors.py``. In the transaction that keeps what a user enrols, call
    `EnrolledFactors.add`; in the one that takes the last one away `remove`, after `lock`.
    """

    @property
    def name(self) -> str:
        """How the challenge's ``factors`` call it."""
        ...

    @property
    def field(self) -> str:
        """The member of a request that carries an answer to it."""
        ...

    def is_enrolled(self, user_id: UserId) -> bool:
        """Tell whether the user can answer with it; asked of users alone who have some factor.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...

    def read(self, value: object) -> object:
        """Return the answer of a request in a type of its own, secrets as `Secret`; nothing was counted yet.

        Raises:
            ValueError: it has not the form; the message says what it must be.
        """
        ...

    def verify(self, user_id: UserId, answer: object, *, challenge: str | None) -> tuple[str, ...] | None:
        """Spend a right answer, in the caller's transaction; return what it proves, in words of RFC 8176.

        None where it is wrong or was used before: of many at once with one answer, one is right. What it
        changed is undone with the transaction. ``challenge`` is the digest of the login's challenge, for a
        kind that binds its answers to one; None at another place than a login.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...
