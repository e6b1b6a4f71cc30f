"""A passkey as it is kept, what a store of them promises, and the errors that only this capability has."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.errors import AuthError, InvalidCredentialsError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import UserId

_ID_BYTES: Final = 12
_ID: Final = re.compile(r"pk_[0-9a-f]{24}", re.ASCII)
_HANDLE_BYTES: Final = 32


class PasskeyNotFoundError(AuthError):
    """Raised when there is no such passkey, or it is another user's."""

    code = "passkey_not_found"

    def __init__(self) -> None:
        super().__init__("no such passkey")


class PasskeyExistsError(AuthError):
    """Raised when a passkey is registered already, here or at another account."""

    code = "passkey_exists"

    def __init__(self) -> None:
        super().__init__("this passkey is registered already")


class TooManyPasskeysError(AuthError):
    """Raised when a user has as many passkeys as ``PASSKEYS_PER_USER`` allows; ``most`` says how many."""

    code = "too_many_passkeys"

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"a user may have {most} passkeys; remove one first")


class LastCredentialError(AuthError):
    """Raised when the last way into an account would be removed."""

    code = "last_credential"

    def __init__(self) -> None:
        super().__init__("this is the last way into the account; set a password or add a passkey first")


class InvalidPasskeyError(AuthError):
    """Raised when what a browser brings of a new passkey is malformed, or does not answer what was asked."""

    code = "invalid_passkey"

    def __init__(self) -> None:
        super().__init__("this is no answer to what was asked, or it came too late; ask for other options")


class PasskeyRefusedError(InvalidCredentialsError):
    """Raised when a passkey does not prove who somebody is, whatever the cause (ENUM-1).

    The audit alone is told the ``fault``, in a word, and whose passkey it is, as far as that is known.
    """

    code = "passkey_refused"

    def __init__(self, fault: str | None = None, user_id: UserId | None = None) -> None:
        self.fault, self.user_id = fault, user_id
        super(InvalidCredentialsError, self).__init__(
            "this passkey is not good here, or its answer came too late"
        )


class PasskeysNotConfiguredError(AuthError):
    """Raised when passkeys are asked for, and neither ``RP_ID`` nor a ``PUBLIC_URL`` with a name is set."""

    code = "passkeys_not_configured"

    def __init__(self) -> None:
        super().__init__(
            "there are no passkeys: neither RP_ID nor a PUBLIC_URL with the name of a host is set"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey; nothing of it opens anything. Times are seconds since the epoch.

    Attributes:
        passkey_id: what lists call it.
        user_id: whose it is.
        credential_id: what its authenticator calls it, in base64url.
        public_key: a COSE key, in base64url.
        handle: what authenticators know its user by, in base64url; the same of all passkeys of a user.
        sign_count: how often its authenticator has signed, as it says; 0 of one that does not count.
        name: what its user calls it.
        transports: by which ways a browser reaches its authenticator.
        aaguid: the model of the authenticator, where that says it.
        is_synced: whether it may be on several devices (its backup eligibility, which never changes).
        is_backed_up: whether it was, when it was last used.
        is_user_verified: whether the authenticator verified its user when it was made.
        last_used_at: None where it has not been used.
    """

    passkey_id: str
    user_id: UserId
    credential_id: str
    public_key: str
    handle: str
    sign_count: int
    name: str
    transports: tuple[str, ...]
    aaguid: str
    is_synced: bool
    is_backed_up: bool
    is_user_verified: bool
    created_at: int
    last_used_at: int | None = None


class PasskeyStore(Protocol):
    """Where passkeys are kept; those of a user that is deleted go with it.

    Every method raises UnavailableError when the store does not answer.
    """

    def handle_of(self, user_id: UserId, new: str) -> str:
        """Return what authenticators know a user by; ``new`` from now on, where there was nothing.

        Raises:
            UserNotFoundError: the user is gone or disabled, or has no account of its own.
        """
        ...

    def add(self, passkey: Passkey, *, most: int) -> bool:
        """Keep a passkey, unless its user has ``most`` by now; tell whether it is kept. Of many at once too.

        Raises:
            PasskeyExistsError: it is kept already, whosever it is.
            UserNotFoundError: the user is gone or disabled, or has no account of its own.
        """
        ...

    def find(self, credential_id: str) -> Passkey | None:
        """Return the passkey that an authenticator calls so."""
        ...

    def of_user(self, user_id: UserId) -> Sequence[Passkey]:
        """Return a user's passkeys, the oldest first."""
        ...

    def rename(self, passkey_id: str, user_id: UserId, name: str) -> bool:
        """Give one of the user's another name; tell whether it is there."""
        ...

    def remove(self, passkey_id: str, user_id: UserId, *, least: int) -> bool:
        """Forget one of the user's, where ``least`` others are left; tell whether it is forgotten.

        Of many at once too: whoever removes one waits for whoever removes or adds another.
        """
        ...

    def remove_all(self, user_id: UserId, *, since: int = 0) -> Sequence[str]:
        """Forget those of a user that were made since a time; return their ids."""
        ...

    def note_use(self, passkey_id: str, *, sign_count: int, is_backed_up: bool, now: int) -> bool:
        """Note that a passkey was used; tell whether it is there and its count has gone on.

        One that does not count says 0 and goes on saying so. Of the same count many at once, one has gone on.
        """
        ...


def new_passkey_id(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """Return what stands for a passkey in lists and records; it opens nothing.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return "pk_" + random_bytes(_ID_BYTES, entropy).hex()


def is_passkey_id(text: str) -> bool:
    """Tell whether a text has the form of a passkey's id."""
    return _ID.fullmatch(text) is not None


def new_handle(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """Return what authenticators may know a user by: chance, which says nothing of whom.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return b64url_encode(random_bytes(_HANDLE_BYTES, entropy))
