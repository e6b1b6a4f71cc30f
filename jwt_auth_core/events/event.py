"""Events: what can happen to an identity, one frozen record each; each name is stable.

No record holds a token, a password or a whole session id (LOG-1, LOG-3). What changes together: a
class here, its member of `EventName`, docs/audit.md.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal

from jwt_auth_core.records import dataclass
from jwt_auth_core.vocabulary import Client, UserId

Outcome = Literal["success", "failure"]


class EventName(StrEnum):
    """What can happen; sinks read the text, and one that was written is never renamed."""

    USER_REGISTERED = "user_registered"
    LOGIN_SUCCEEDED = "login_succeeded"
    LOGIN_FAILED = "login_failed"
    LOGGED_OUT = "logged_out"
    LOGGED_OUT_EVERYWHERE = "logged_out_everywhere"
    REFRESH_SUCCEEDED = "refresh_succeeded"
    REFRESH_REUSED = "refresh_reused"
    REFRESH_REFUSED = "refresh_refused"
    REFRESH_RESYNC = "refresh_resync"
    SESSION_ENDED = "session_ended"
    SESSION_REVOKED = "session_revoked"
    TOKEN_REVOKED = "token_revoked"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    PASSWORD_CHANGE_FAILED = "password_change_failed"
    PASSWORD_STOPPED = "password_stopped"
    PASSWORD_REOPENED = "password_reopened"
    PROFILE_CHANGED = "profile_changed"
    ACCOUNT_EXPORTED = "account_exported"
    REAUTHENTICATED = "reauthenticated"
    REAUTHENTICATION_FAILED = "reauthentication_failed"
    EMAIL_VERIFIED = "email_verified"
    EMAIL_CHANGE_ASKED = "email_change_asked"
    EMAIL_CHANGED = "email_changed"
    EMAIL_CHANGE_UNDONE = "email_change_undone"
    SECOND_FACTOR_FAILED = "second_factor_failed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    RECOVERY_CODE_USED = "recovery_code_used"
    SCOPES_CHANGED = "scopes_changed"
    POLICY_REFUSED = "policy_refused"
    ROLE_DEFINED = "role_defined"
    ROLE_GRANTED = "role_granted"
    ROLE_REVOKED = "role_revoked"
    USER_DISABLED = "user_disabled"
    USER_ENABLED = "user_enabled"
    USER_DELETED = "user_deleted"
    USER_ERASED = "user_erased"
    DELETION_SCHEDULED = "deletion_scheduled"
    DELETION_UNDONE = "deletion_undone"
    USERS_IMPORTED = "users_imported"
    USERS_EXPORTED = "users_exported"
    CLIENT_ADDED = "client_added"
    CLIENT_SECRET_ROTATED = "client_secret_rotated"
    CLIENT_REMOVED = "client_removed"
    TOKEN_EXCHANGED = "token_exchanged"
    API_KEY_CREATED = "api_key_created"
    API_KEY_REVOKED = "api_key_revoked"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_REMOVED = "identity_removed"
    IMPERSONATION_BEGAN = "impersonation_began"
    IMPERSONATION_ENDED = "impersonation_ended"
    RATE_LIMITED = "rate_limited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an identity.

    Attributes:
        name: which event it is, in a text that never changes.
        outcome: whether what was wanted was done.
        at: when, in whole seconds since the epoch.
        user_id: whose it is; None where nobody knows.
        session: a digest prefix that tells sessions apart and opens none.
        client: where the request came from, as the edge saw it; what it says of itself is not checked.
        reason: a short fact of ours.
        actor: the admin who did it to the user; None where that was nobody, or an operator at the shell.
    """

    name: ClassVar[EventName]
    outcome: ClassVar[Outcome] = "success"

    at: int
    user_id: UserId | None = None
    session: str | None = None
    client: Client | None = None
    reason: str | None = None
    actor: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(Event):
    """Somebody registered, or an operator added a user."""

    name: ClassVar = EventName.USER_REGISTERED


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn(Event):
    """A login opened a session."""

    name: ClassVar = EventName.LOGIN_SUCCEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFailed(Event):
    """A login was refused; the user is None where no account has the address."""

    name: ClassVar = EventName.LOGIN_FAILED
    outcome: ClassVar[Outcome] = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOut(Event):
    """A client ended its own session."""

    name: ClassVar = EventName.LOGGED_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOutEverywhere(Event):
    """All sessions of a user were ended at once."""

    name: ClassVar = EventName.LOGGED_OUT_EVERYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed(Event):
    """A refresh token was exchanged; made only where somebody subscribed to it, and never stored."""

    name: ClassVar = EventName.REFRESH_SUCCEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshReused(Event):
    """A refresh token came that had been replaced long before: its session is over."""

    name: ClassVar = EventName.REFRESH_REUSED
    outcome: ClassVar[Outcome] = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRefused(Event):
    """A refresh was refused by what the database knows of user and session."""

    name: ClassVar = EventName.REFRESH_REFUSED
    outcome: ClassVar[Outcome] = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshResynced(Event):
    """A refresh went on from a token that its store, set back by a crash, did not know yet."""

    name: ClassVar = EventName.REFRESH_RESYNC


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Event):
    """A session gave way to a new one; the reason is ``replaced`` or ``evicted``."""

    name: ClassVar = EventName.SESSION_ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevoked(Event):
    """A session was ended by its owner from elsewhere, or by an operator."""

    name: ClassVar = EventName.SESSION_REVOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(Event):
    """A client revoked a token, and with it its session (RFC 7009)."""

    name: ClassVar = EventName.TOKEN_REVOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    """A user's password was changed; the session is the one that goes on."""

    name: ClassVar = EventName.PASSWORD_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChangeFailed(Event):
    """The current password was wrong when a user wanted another one."""

    name: ClassVar = EventName.PASSWORD_CHANGE_FAILED
    outcome: ClassVar[Outcome] = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordStopped(Event):
    """A hundred wrong passwords in a row: the right one works from the user's known devices alone."""

    name: ClassVar = EventName.PASSWORD_STOPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReopened(Event):
    """What was counted of a user's wrong passwords was forgotten; the password works from everywhere."""

    name: ClassVar = EventName.PASSWORD_REOPENED


@dataclass(frozen=True, slots=True, kw_only=True)
class Reauthenticated(Event):
    """A user proved once more who they are; the session is the one that took the place of the other."""

    name: ClassVar = EventName.REAUTHENTICATED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReauthenticationFailed(Event):
    """The password was wrong when a user was to prove once more who they are."""

    name: ClassVar = EventName.REAUTHENTICATION_FAILED
    outcome: ClassVar[Outcome] = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRefused(Event):
    """The ``policy`` of that name refused a caller; one a minute, policy and caller is told."""

    name: ClassVar = EventName.POLICY_REFUSED
    outcome: ClassVar[Outcome] = "failure"

    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDisabled(Event):
    """A user was disabled; all sessions are over."""

    name: ClassVar = EventName.USER_DISABLED


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEnabled(Event):
    """A user may log in again."""

    name: ClassVar = EventName.USER_ENABLED


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDeleted(Event):
    """A user was deleted."""

    name: ClassVar = EventName.USER_DELETED


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimited(Event):
    """A limit has refused somebody, told when its window is over; the reason is the rule.

    Attributes:
        key: a digest that tells whom the rule counts from others, and nobody who that is.
        count: how often it was refused.
        since, until: when first and when last.
    """

    name: ClassVar = EventName.RATE_LIMITED
    outcome: ClassVar[Outcome] = "failure"

    key: str | None = None
    count: int = 1
    since: int | None = None
    until: int | None = None
