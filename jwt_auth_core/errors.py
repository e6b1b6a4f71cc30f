"""Every error that leaves the library, one tree; catching a parent is always safe.

    AuthError
    ├── SettingsError                 invalid_settings        problems: one line a variable
    ├── MissingDriverError            missing_driver          package, extra
    ├── WeakKeyError                  weak_key
    ├── TokenError
    │   ├── TokenInvalidError         token_invalid           reason
    │   └── TokenExpiredError         token_expired           expired_at
    ├── InsufficientScopeError        insufficient_scope      needed
    ├── InvalidInputError             invalid_input           errors: one FieldError a field
    ├── InvalidCredentialsError       invalid_credentials
    ├── EmailTakenError               email_taken
    ├── UserNotFoundError             user_not_found
    ├── SessionNotFoundError          session_not_found
    ├── SessionError
    │   ├── RefreshInvalidError       refresh_invalid
    │   ├── RefreshReusedError        refresh_reused          session_id
    │   ├── SessionRevokedError       session_revoked         session_id, reason
    │   └── RefreshSupersededError    refresh_superseded      session_id
    ├── QueryError                    query_failed
    │   ├── UniqueViolationError      unique_violation        constraint
    │   ├── ConstraintError           constraint_violation    constraint
    │   ├── InvalidValueError         invalid_value
    │   ├── MissingTableError         missing_table           table
    │   └── UnsafeQueryError          unsafe_query
    └── UnavailableError              unavailable             retry_after_seconds, is_passing
        ├── StoreUnavailableError     store_unavailable       store
        └── OverloadedError           overloaded

No HTTP here: ``jwt_auth_asgi.problems`` gives each code its status. A message is a lower-case
fact that names the offender and the limit or the fix, never a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from jwt_auth_core.records import dataclass


class AuthError(Exception):
    """The root; never raised itself. ``code`` is stable, the message is for people."""

    code: ClassVar[str] = "auth_error"


class SettingsError(AuthError):
    """Raised when settings are missing or outside their limits; ``problems`` has them all."""

    code = "invalid_settings"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("invalid settings: " + "; ".join(self.problems))


class MissingDriverError(AuthError):
    """Raised when a feature needs a package that is not installed."""

    code = "missing_driver"

    def __init__(self, package: str, *, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(f"{package} is not installed; run: pip install 'jwt-auth-asgi[{extra}]'")


class WeakKeyError(AuthError):
    """Raised when a signing key is too short, well known, or unfit for its algorithm."""

    code = "weak_key"


class TokenError(AuthError):
    """The parent of what access token verification raises; never raised itself."""

    code = "token_error"


class TokenInvalidError(TokenError):
    """Raised when an access token is malformed, forged or not meant for us; ``reason`` says which."""

    code = "token_invalid"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"invalid access token: {reason}")


class TokenExpiredError(TokenError):
    """Raised when an authentic access token is past ``expired_at`` (seconds since the epoch)."""

    code = "token_expired"

    def __init__(self, expired_at: int) -> None:
        self.expired_at = expired_at
        super().__init__("Access token expired")


class InsufficientScopeError(AuthError):
    """Raised when an identity lacks a scope that the resource needs."""

    code = "insufficient_scope"

    def __init__(self, needed: Iterable[str]) -> None:
        self.needed = frozenset(needed)
        super().__init__("scope needed: " + " ".join(sorted(self.needed)))


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one input field: its name, a stable code, a sentence with the limit."""

    field: str
    code: str
    message: str


class InvalidInputError(AuthError):
    """Raised when input is refused; ``errors`` names every offending field at once."""

    code = "invalid_input"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{e.field}: {e.message}" for e in self.errors))


class InvalidCredentialsError(AuthError):
    """Raised when e-mail and password do not belong together, whatever the cause (ENUM-1)."""

    code = "invalid_credentials"

    def __init__(self) -> None:
        super().__init__("Invalid email or password")


class EmailTakenError(AuthError):
    """Raised when an account with this e-mail identity exists."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("Email already registered")


class UserNotFoundError(AuthError):
    """Raised when no user has the id or address that was asked for."""

    code = "user_not_found"

    def __init__(self) -> None:
        super().__init__("no such user")


class SessionNotFoundError(AuthError):
    """Raised when a user has no session with the id that was asked for."""

    code = "session_not_found"

    def __init__(self) -> None:
        super().__init__("no such session")


class SessionError(AuthError):
    """The parent of what a refresh raises; never raised itself."""

    code = "session_error"


class RefreshInvalidError(SessionError):
    """Raised when a refresh token is malformed, forged, expired or of an unknown session."""

    code = "refresh_invalid"

    def __init__(self) -> None:
        super().__init__("invalid or expired refresh token; log in again")


class _OneSessionError(SessionError):
    def __init__(self, message: str, session_id: str) -> None:
        self.session_id = session_id
        super().__init__(message)


class RefreshReusedError(_OneSessionError):
    """Raised when a spent refresh token came back: the session has been ended (RFC 9700 §4.14.2)."""

    code = "refresh_reused"

    def __init__(self, session_id: str) -> None:
        super().__init__("refresh token was used before; the session has been ended", session_id)


class SessionRevokedError(_OneSessionError):
    """Raised when the session of a refresh token was ended: logout, reuse, a disabled account."""

    code = "session_revoked"

    def __init__(self, session_id: str, reason: str | None = None) -> None:
        super().__init__("the session has been ended; log in again", session_id)
        self.reason = reason


class RefreshSupersededError(_OneSessionError):
    """Raised when a parallel refresh just overtook this token; use the newer one."""

    code = "refresh_superseded"

    def __init__(self, session_id: str) -> None:
        super().__init__("a newer refresh token is in use; send that one", session_id)


class QueryError(AuthError):
    """Raised when the database refused a statement; the driver's error is its ``__cause__``."""

    code = "query_failed"


class _ConstraintError(QueryError):
    def __init__(self, message: str, constraint: str) -> None:
        self.constraint = constraint
        super().__init__(message)


class UniqueViolationError(_ConstraintError):
    """Raised when a row with the same unique value exists."""

    code = "unique_violation"

    def __init__(self, constraint: str) -> None:
        super().__init__(f"a row with this value exists: {constraint}", constraint)


class ConstraintError(_ConstraintError):
    """Raised when a value breaks a foreign key, NOT NULL or CHECK rule."""

    code = "constraint_violation"

    def __init__(self, constraint: str) -> None:
        super().__init__(f"a value breaks the rule {constraint}", constraint)


class InvalidValueError(QueryError):
    """Raised when a parameter cannot be stored: NUL, lone surrogate, out of range (SQL-3)."""

    code = "invalid_value"


class MissingTableError(QueryError):
    """Raised when a table or column is not there yet."""

    code = "missing_table"

    def __init__(self, table: str) -> None:
        self.table = table
        of_ours = table.rpartition(".")[2].startswith("auth_") or table == "users"
        hint = "; run: jwt-auth migrate" if of_ours else ""
        super().__init__(f"table or column missing: {table}{hint}")


class UnsafeQueryError(QueryError):
    """Raised before execution: several statements in one text, or placeholders and values differ."""

    code = "unsafe_query"


class UnavailableError(AuthError):
    """The parent of passing failures: nothing was lost, try again in ``retry_after_seconds``.

    Not ``is_passing`` is what no waiting helps: a store that refuses our password. A server that starts
    waits for the one, and refuses to start with the other.
    """

    code = "unavailable"

    def __init__(self, message: str, *, retry_after_seconds: int = 1, is_passing: bool = True) -> None:
        self.retry_after_seconds = retry_after_seconds
        self.is_passing = is_passing
        super().__init__(message)


class StoreUnavailableError(UnavailableError):
    """Raised when PostgreSQL, Redis or the embedded file does not answer in time."""

    code = "store_unavailable"

    def __init__(self, store: str, detail: str = "does not answer", *, is_passing: bool = True) -> None:
        self.store = store
        super().__init__(f"{store} {detail}", is_passing=is_passing)


class OverloadedError(UnavailableError):
    """Raised when a bounded queue is full; the work was not started."""

    code = "overloaded"

    def __init__(self, *, retry_after_seconds: int = 1) -> None:
        super().__init__("too busy; try again", retry_after_seconds=retry_after_seconds)
