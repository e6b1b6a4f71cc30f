"""An identity as it is kept, what a store of them promises, and the errors about them.

Known by issuer and subject. What a provider says besides, the address above all, is for people to read: it
may be another's tomorrow.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import UserId

MOST: Final = 20
"""How many identities a user may have."""

_ID_BYTES: Final = 12
_ID: Final = re.compile(r"id_[0-9a-f]{24}", re.ASCII)


class IdentityNotFoundError(AuthError):
    """Raised when there is no such identity, or it is another user's."""

    code = "identity_not_found"

    def __init__(self) -> None:
        super().__init__("no such identity")


class IdentityTakenError(AuthError):
    """Raised when an identity is to be linked that opens another account already."""

    code = "identity_taken"

    def __init__(self) -> None:
        super().__init__("this identity opens another account already")


class TooManyIdentitiesError(AuthError):
    """Raised when a user has as many identities as one may have; ``most`` says how many."""

    code = "too_many_identities"

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        super().__init__(f"a user may have {most} identities; remove one first")


class EmailNotProvenError(AuthError):
    """Raised when nobody is known by an identity yet, and its provider proves no address of theirs."""

    code = "email_not_proven"

    def __init__(self) -> None:
        super().__init__("the provider does not say that the e-mail address is verified; verify it there")


class AccountExistsError(AuthError):
    """Raised when an account has the address of an identity, and may not be joined by that alone."""

    code = "account_exists"

    def __init__(self) -> None:
        super().__init__("an account has this address; sign in to it as before, and link the provider there")


class NoAccountError(AuthError):
    """Raised when nobody is known by an identity, and ``REGISTRATION=closed``."""

    code = "no_account"

    def __init__(self) -> None:
        super().__init__("no account is known by this identity, and registration is closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a user is at a provider; nothing of it opens anything. Times are seconds since the epoch.

    Attributes:
        identity_id: what lists call it.
        issuer: whose word it is, as the provider writes its own name.
        subject: what the issuer calls its user; another's is another, though it be the same text.
        user_id: whose account it opens.
        email: the address that the provider said at the last login; proves nothing.
        name: what it called its user then.
        last_used_at: None where it has opened no session yet.
    """

    identity_id: str
    issuer: str
    subject: str
    user_id: UserId
    email: str | None
    name: str | None
    linked_at: int
    last_used_at: int | None = None


class IdentityStore(Protocol):
    """Where identities are kept; those of a user that is deleted go with it.

    Every method raises UnavailableError when the store does not answer.
    """

    def add(self, identity: Identity, *, most: int = MOST) -> None:
        """Keep an identity, whole or not at all; of many at once one account has it.

        Raises:
            IdentityTakenError: it is kept already, whosever it is.
            TooManyIdentitiesError: its user has ``most`` by now.
            UserNotFoundError: the user is gone or disabled, or has no account of its own.
        """
        ...

    def find(self, issuer: str, subject: str) -> Identity | None:
        """Return whom an issuer calls so; both texts to the letter."""
        ...

    def of_user(self, user_id: UserId) -> Sequence[Identity]:
        """Return a user's identities, the oldest first."""
        ...

    def held(self, user_id: UserId) -> int:
        """Return how many a user has, in the open transaction: none comes or goes before that ends."""
        ...

    def remove(self, identity_id: str, user_id: UserId) -> bool:
        """Forget one of the user's; tell whether it was there."""
        ...

    def remove_all(self, user_id: UserId, *, since: int = 0) -> Sequence[Identity]:
        """Forget those of a user that were linked since a time; return them, the oldest first."""
        ...

    def note_use(self, identity: Identity) -> bool:
        """Note address, name and time of a login by it; tell whether it is its user's still."""
        ...


def new_identity_id(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """Return what stands for an identity in lists and records; it opens nothing.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return "id_" + random_bytes(_ID_BYTES, entropy).hex()


def is_identity_id(text: str) -> bool:
    """Tell whether a text has the form of an identity's id."""
    return _ID.fullmatch(text) is not None
