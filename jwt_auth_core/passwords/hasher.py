"""Passwords as the flows see them: policy, hash, verify, upgrade, over any PasswordHasher.

Every refusal at verify costs one real hash, so that time does not tell why (ENUM-1). What another system made
costs what that costs, until its owner logs in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from copy import copy
from typing import Final, Protocol, runtime_checkable

from jwt_auth_core.encoding import same
from jwt_auth_core.errors import FieldError, MissingDriverError
from jwt_auth_core.passwords.foreign.check import Check
from jwt_auth_core.passwords.foreign.schemes import check_of, driver_of
from jwt_auth_core.passwords.normalization import fault_of, spelled
from jwt_auth_core.passwords.policy import BREACHED, PasswordPolicy
from jwt_auth_core.vocabulary import Secret

NO_PASSWORD: Final = "!"
"""The hash of an account without a password: none verifies, in the time that one takes."""

_logger: Final = logging.getLogger("jwt_auth.passwords")
_UNUSABLE: Final = "a stored password hash cannot be used (%s); that login fails"
_DECOY: Final = Secret("not the password of anyone")
_FOREIGN: Final = (
    ("$2", "bcrypt, malformed or over the cost limits"),
    ("bcrypt", "bcrypt, malformed or over the cost limits"),
    ("$bcrypt", "bcrypt, malformed or over the cost limits"),
    ("$argon2", "Argon2, malformed or over the cost limits"),
    ("argon2", "Argon2, malformed or over the cost limits"),
    ("$scrypt", "scrypt, malformed or over the cost limits"),
    ("scrypt", "scrypt, malformed or over the cost limits"),
    ("$fbscrypt", "scrypt of Firebase, malformed or over the cost limits"),
    ("$pbkdf2", "PBKDF2, malformed or over the cost limits"),
    ("pbkdf2", "PBKDF2, malformed or over the cost limits"),
    ("$6$", "SHA-512 crypt"),
    ("$5$", "SHA-256 crypt"),
    ("$1$", "MD5 crypt"),
)


class PasswordHasher(Protocol):
    """One algorithm; drivers implement it. Passwords arrive in NFC and within the limits."""

    def hash(self, password: Secret) -> str:
        """Return a new salted hash in text form, with the algorithm and the cost in it."""
        ...

    def verify(self, password: Secret, stored: str) -> bool:
        """Tell whether ``stored``, which ``recognises`` accepted, was made from ``password``."""
        ...

    def outdated(self, stored: str) -> bool:
        """Tell whether ``hash`` would now use another algorithm, version or cost."""
        ...

    def recognises(self, stored: str) -> bool:
        """Tell without hashing whether ``stored`` is well formed and cheap enough to verify (PW-07)."""
        ...


class Breaches(Protocol):
    """Somebody who knows passwords from breaches, and may be far away."""

    def knows(self, password: Secret) -> bool:
        """Tell whether it knows the password; False, too, when it does not answer in time."""
        ...


@runtime_checkable
class Closing(Protocol):
    """A hasher that keeps memory between its hashes."""

    def close(self) -> None:
        """Give it back; a later hash takes new."""
        ...


class Passwords:
    """A policy and a hasher, bound together: the one place where both meet user input.

    Calls to ``hash``, ``verify`` and ``upgrade`` take the time and the memory of the hasher's
    profile; an edge that serves others meanwhile runs them in a bounded pool of threads.
    """

    __slots__ = ("_breaches", "_foreign", "_hasher", "_policy")

    def __init__(
        self,
        hasher: PasswordHasher,
        policy: PasswordPolicy,
        breaches: Breaches | None = None,
        *,
        foreign: Callable[[str], Check | None] = check_of,
    ) -> None:
        self._hasher = hasher
        self._policy = policy
        self._breaches = breaches
        self._foreign = foreign

    def problems(self, password: Secret, *, context: Iterable[str] = ()) -> list[FieldError]:
        """Return what is wrong with a new password, [] when nothing; see ``PasswordPolicy.problems``."""
        return self._policy.problems(password, context=context)

    def breach_problems(self, password: Secret) -> list[FieldError]:
        """Return what a breach service has against a password that has no other problem, [] without one.

        This may take a second of waiting: call it where you hash.
        """
        if self._breaches is None or not self._breaches.knows(password):
            return []
        return [FieldError("password", "breached", BREACHED)]

    def hash(self, password: Secret) -> str:
        """Return what to store for ``password``; the caller has asked ``problems`` before.

        Raises:
            InvalidInputError: the password is over the limit or has lone surrogates.
            OverloadedError: there is no memory for it.
        """
        return self._hasher.hash(spelled(password))

    def verify(self, password: Secret, stored: str | None) -> bool:
        """Tell whether ``stored`` was made from ``password``, in the time of one hash in any case.

        ``stored`` is None when there is no such user. What the hasher does not recognise is checked as the
        hash of another system, where it is one. A hash that cannot be used - of no known scheme, damaged,
        or too costly - is a wrong password and a warning in the log (PW-07, PW-08).

        Raises:
            OverloadedError: there is no memory for it.
        """
        if stored is None or stored == NO_PASSWORD or fault_of(password) is not None:
            return self._refuse()
        if self._hasher.recognises(stored):
            return self._hasher.verify(spelled(password), stored)
        check = self._foreign(stored)
        if check is None:
            _logger.warning(_UNUSABLE, _kind(stored))
            return self._refuse()
        return self._checked(check, password)

    def knows(self, stored: str) -> bool:
        """Tell without hashing whether `verify` checks passwords by it: one of ours, or of another system.

        Raises:
            MissingDriverError: it would, if the package for that were installed.
        """
        if self._hasher.recognises(stored):
            return True
        if self._foreign(stored) is None:
            return False
        driver_of(stored)  # raises
        return True

    def verify_again(self, password: Secret, stored: str, *, verified: str) -> bool:
        """Tell the same of what may have replaced the ``verified`` hash meanwhile; at once where nothing did.

        Raises:
            OverloadedError: there is no memory for it.
        """
        return same(stored.encode(), verified.encode()) or self.verify(password, stored)

    def upgrade(self, password: Secret, stored: str) -> str | None:
        """Return a new hash to store when ``stored`` is outdated, else None; only after ``verify`` (PW-09).

        Raises:
            OverloadedError: there is no memory for it.
        """
        is_ours = self._hasher.recognises(stored)
        is_old = self._hasher.outdated(stored) if is_ours else self._foreign(stored) is not None
        return self.hash(password) if is_old else None

    def reading(self, more: Callable[[str], Check | None]) -> Passwords:
        """Return the same, which asks ``more``, too, how to check what nobody else knows."""
        foreign = self._foreign

        def either(stored: str) -> Check | None:
            return foreign(stored) or more(stored)

        both = copy(self)
        both._foreign = either  # noqa: SLF001 - of its own kind
        return both

    def close(self) -> None:
        """Have the hasher give back what memory it keeps; all else works as before."""
        if isinstance(self._hasher, Closing):
            self._hasher.close()

    def _checked(self, check: Check, password: Secret) -> bool:
        """Check as typed, which is what others hash; where that is another text in NFC, so, too."""
        spellings = dict.fromkeys((password, spelled(password)))
        try:
            return any(map(check, spellings))
        except MissingDriverError as error:
            _logger.error(_UNUSABLE, error)  # noqa: TRY400 - its frames say nothing more
        return self._refuse()

    def _refuse(self) -> bool:
        # Making a hash costs what checking one costs, and needs no decoy to be made beforehand.
        self._hasher.hash(_DECOY)
        return False


def _kind(stored: str) -> str:
    # Never a part of the value itself: the column might hold a plain password.
    return next((name for prefix, name in _FOREIGN if stored.startswith(prefix)), "unknown kind")
