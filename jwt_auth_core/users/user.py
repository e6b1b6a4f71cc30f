"""The user, as every store returns it, and what a store of users promises."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Final, Protocol

from jwt_auth_core.errors import FieldError, InvalidInputError
from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Email, UserId

_CANONICAL: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
LONGEST_SCOPES: Final = 2000
"""How many characters a user's own scopes have, with a space between: a token has to hold them."""

_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 3.3


class Columns(Mapping[str, object]):
    """Columns of a user's row by their names; a class because it says which are missing, and why."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> object:
        if name not in self._values:
            msg = f"no column {name!a}: USER_COLUMNS has to name it, and the table users to have it"
            raise KeyError(msg)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values))

    def __repr__(self) -> str:
        return f"Columns({', '.join(self._values)})"


_NO_COLUMNS: Final = Columns({})


@dataclass(frozen=True, slots=True)
class User:
    """One user; times are seconds since the epoch.

    ``disabled_at`` None means that the user may log in. ``session_version`` counts how often everything of
    the user was ended ("log out everywhere", a changed password), and ``sessions_valid_after`` is when that
    was last: sessions that began under a lower number are over, of unnumbered ones those that are older.
    ``token_version`` and ``tokens_valid_after`` are the same of access tokens alone.

    ``scopes`` is all that its access tokens carry: ``own_scopes``, and those of the ``roles`` by these names,
    of which ``role_scopes`` has each one's.
    ``password_failures`` are wrong passwords in a row that came from elsewhere than the user's devices.
    ``factor_kinds`` has a bit for each kind of second factor that the user has; 0 where that is none.
    ``deletion_at`` is when the account will be erased, unless the user signs in before; None where it stays.
    ``columns`` are further columns of its row, where ``USER_COLUMNS`` names any.
    """

    user_id: UserId
    email: str
    first_name: str
    last_name: str
    password_hash: str = field(repr=False)
    scopes: frozenset[str] = frozenset()
    disabled_at: int | None = None
    sessions_valid_after: int | None = None
    session_version: int = 0
    own_scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    tokens_valid_after: int | None = None
    token_version: int = 0
    password_failures: int = 0
    factor_kinds: int = 0
    deletion_at: int | None = None
    columns: Mapping[str, object] = field(default=_NO_COLUMNS, repr=False, compare=False)
    role_scopes: Mapping[str, frozenset[str]] = field(
        default_factory=dict[str, frozenset[str]], repr=False, compare=False
    )


@dataclass(frozen=True, slots=True)
class NewUser:
    """What `UserStore.add` needs: ``email`` is kept for letters, ``canonical`` is the identity.

    ``typed`` is the address before any rule: an older application may have stored it so.
    """

    email: str
    canonical: Email
    password_hash: str = field(repr=False)
    first_name: str
    last_name: str
    scopes: frozenset[str] = frozenset()
    typed: str | None = None


class UserStore(Protocol):
    """Where users are kept.

    Every method raises UnavailableError when the store does not answer; after that the outcome of
    ``add`` and ``replace_password_hash`` is unknown, and each may be repeated (F-13).
    """

    def add(self, new: NewUser) -> User:
        """Store a user under a new id, whole or not at all.

        Raises:
            EmailTakenError: the e-mail identity is another user's; of many at once, one wins (ID-2).
            UnfitTableError: the table that was there has a column that no new user fits into.
        """
        ...

    def find(self, user_id: UserId) -> User | None:
        """Return the user, or None."""
        ...

    def find_settled(self, user_id: UserId) -> User | None:
        """Return the user once whoever is changing what opens the account is through, or None.

        In a transaction nobody changes that before it ends.
        """
        ...

    def find_by_email(self, canonical: Email) -> User | None:
        """Return the user with this e-mail identity, or None; compared byte by byte (ID-1).

        A row that an older application wrote, and that no `adopt` has seen yet, is found by
        exactly the text of its ``email`` column.
        """
        ...

    def replace_password_hash(self, user_id: UserId, *, expected_hash: str, new_hash: str) -> bool:
        """Swap the hash if it still is ``expected_hash``; tell whether it was."""
        ...


def new_user_id() -> UserId:
    """Return a random id (UUID version 4)."""
    return UserId(str(uuid.uuid4()))


def is_user_id(text: str) -> bool:
    """Tell whether a text is a UUID in canonical form, as PostgreSQL and we write it."""
    return _CANONICAL.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    """Tell whether a text is a UUID in a spelling that older applications stored in SQLite.

    Without hyphens (SQLAlchemy) or in upper case (Swift); such an id is compared as it is spelled.
    """
    return _UUID.fullmatch(text) is not None


def several(texts: Iterable[str], name: str) -> tuple[str, ...]:
    """Return the texts that a caller gave by this *name*.

    Raises:
        TypeError: it is one text: its letters would be taken for them, and ``*`` grants everything.
    """
    if isinstance(texts, str):
        msg = f"{name} is a collection of texts, not one text: write it in brackets"
        raise TypeError(msg)
    return tuple(texts)


def scopes_text(scopes: Iterable[str]) -> str:
    """Return scopes as one text: sorted, a space between.

    Raises:
        TypeError: one text in place of several.
        InvalidInputError: one of them is empty, or has a character that RFC 6749 does not allow; or all
            together are too long for a token.
    """
    chosen = sorted(set(several(scopes, "scopes")))
    if not all(map(_SCOPE.fullmatch, chosen)):
        message = "must be printable ASCII characters without spaces, quotes and backslashes"
        raise InvalidInputError([FieldError("scopes", "invalid_scope", message)])
    text = " ".join(chosen)
    if len(text) > LONGEST_SCOPES:
        message = f"must be at most {LONGEST_SCOPES} characters long together"
        raise InvalidInputError([FieldError("scopes", "too_long", message)])
    return text
