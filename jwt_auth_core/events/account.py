"""Events of an account itself: what its user changes about it, and shows."""

from __future__ import annotations

from typing import ClassVar

from jwt_auth_core.events.event import Event, EventName
from jwt_auth_core.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReset(Event):
    """A user's password was set by a link that was mailed; all sessions are over."""

    name: ClassVar = EventName.PASSWORD_RESET


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(Event):
    """A user changed the names by which it is called."""

    name: ClassVar = EventName.PROFILE_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountExported(Event):
    """A user was handed all that is kept of it."""

    name: ClassVar = EventName.ACCOUNT_EXPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerified(Event):
    """A user showed that its address is its own; what was set before is ``kept`` or ``voided``: `reason`."""

    name: ClassVar = EventName.EMAIL_VERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChangeAsked(Event):
    """A user wants another address; nothing is changed before a letter to that one is answered."""

    name: ClassVar = EventName.EMAIL_CHANGE_ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChanged(Event):
    """A user has another address, confirmed by a letter to it; all sessions are over."""

    name: ClassVar = EventName.EMAIL_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChangeUndone(Event):
    """A user has an earlier address again; what opened the account since is void."""

    name: ClassVar = EventName.EMAIL_CHANGE_UNDONE


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionScheduled(Event):
    """Its user or an admin deleted an account: it is signed out, and will be erased at ``deletion_at``."""

    name: ClassVar = EventName.DELETION_SCHEDULED

    deletion_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionUndone(Event):
    """Somebody signed in to an account that was to be erased, or an operator kept it: it stays."""

    name: ClassVar = EventName.DELETION_UNDONE


@dataclass(frozen=True, slots=True, kw_only=True)
class UserErased(Event):
    """An erased user has a pseudonym in the audit: that is the ``user_id`` here, and in its rows of before.

    Attributes:
        rows: which rows name the pseudonym instead of the user since: ``12-40,43``.
        prints: what each of them is since, as a seal would say it.
    """

    name: ClassVar = EventName.USER_ERASED

    rows: str
    prints: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopesChanged(Event):
    """A user's scopes were replaced; its next access tokens carry them."""

    name: ClassVar = EventName.SCOPES_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersImported(Event):
    """An operator brought users along from another system; ``count`` in one transaction, by ``source``."""

    name: ClassVar = EventName.USERS_IMPORTED

    source: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersExported(Event):
    """An operator wrote all users into a file; ``contents`` are what it has besides: hashes, factors."""

    name: ClassVar = EventName.USERS_EXPORTED

    contents: tuple[str, ...]
