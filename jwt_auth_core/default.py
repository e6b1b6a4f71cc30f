"""The one `Auth` of the process, made from the environment on first use, and the helpers on it.

What the original package offered as module functions: `safe_query`, `decode_access_token`.
"""

from __future__ import annotations

import secrets
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Literal, LiteralString, TypeVar, cast, overload

from jwt_auth_core import assemble
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.query import Database, Fetch, SharedTransaction
from jwt_auth_core.database.row import Row
from jwt_auth_core.forks import renew_in_children
from jwt_auth_core.settings import Settings
from jwt_auth_core.variables.dotenv import environment

T = TypeVar("T")

_made: list[Auth | Database] = []  # at most one; a database where nothing but `safe_query` was used


class _Making:
    """Lets one thread at a time make it; a class because a forked child begins with nobody in it."""

    def __init__(self) -> None:
        self.after_fork()

    def after_fork(self) -> None:
        """Take a new lock: another thread of the parent may hold the old one."""
        self.lock = threading.Lock()


_making: Final = _Making()


def _alone() -> threading.Lock:
    renew_in_children(_making)
    return _making.lock


def default_auth() -> Auth:
    """Return the process's `Auth`; the first call makes it with `Auth.from_env`.

    Raises:
        SettingsError: names every offending variable; the next call tries again.
    """
    with _alone():
        known = _made[0] if _made else None
        if not isinstance(known, Auth):
            settings = Settings.from_env()
            stores = None if known is None else assemble.stores(settings, database=known)
            known = Auth.from_settings(settings, stores=stores)
            _made[:] = [known]
        return known


def default_database() -> Database:
    """Return the database of the process's `Auth`, or the same one alone: that needs no ``JWT_KEY``."""
    with _alone():
        if not _made:
            given = {name: text for name, text in environment(dotenv=True).variables.items() if text}
            settings = Settings.from_env({"JWT_KEY": secrets.token_urlsafe(48), **given})
            _made.append(assemble.open_database(settings))
        known = _made[0]
        return known.database if isinstance(known, Auth) else known


def made() -> Auth | Database | None:
    """Return what was made so far: the process's `Auth`, or its database alone; None where nothing was."""
    return _made[0] if _made else None


def release() -> Auth | Database | None:
    """Let go of what was made, and return it unclosed; the next use makes another one."""
    with _alone():
        return _made.pop() if _made else None


def decode_access_token(token: str) -> str:
    """Return the user id of an access token of the process's `Auth`.

    Raises:
        TokenExpiredError: it is authentic and too old.
        TokenInvalidError: it is malformed, forged, not meant for us, or revoked.
        UnavailableError: nobody can tell whether it was revoked, and the settings want to know.
    """
    return default_auth().claims_of(token).subject


def transaction() -> AbstractContextManager[None]:
    """Make the `safe_query` calls of a ``with`` block one transaction of this thread."""
    return default_database().transaction()


def shared_transaction() -> SharedTransaction:
    """Return a transaction of `safe_query` that the threads of one request share; it has not begun."""
    return default_database().shared_transaction()


@overload
def safe_query(
    query: LiteralString, params: Sequence[object] | None = (), *, insert: bool = False
) -> Any: ...
@overload
def safe_query(
    query: LiteralString, params: Sequence[object] | None = (), *, fetch: Literal["one"]
) -> Row | None: ...
@overload
def safe_query(
    query: LiteralString, params: Sequence[object] | None = (), *, fetch: Literal["all"]
) -> list[Row]: ...
@overload
def safe_query(
    query: LiteralString, params: Sequence[object] | None = (), *, fetch: None, insert: bool = False
) -> int: ...
@overload
def safe_query(
    query: LiteralString, params: Sequence[object] | None = (), *, fetch: Literal["one"], into: type[T]
) -> T | None: ...
@overload
def safe_query(
    query: LiteralString, params: Sequence[object] | None = (), *, fetch: Literal["all"], into: type[T]
) -> list[T]: ...
@overload
def safe_query(
    query: LiteralString, params: Sequence[object] | None, fetch: Fetch, *, insert: bool = False
) -> Any: ...
def safe_query(
    query: LiteralString,
    params: Sequence[object] | None = (),
    fetch: Fetch = "auto",
    *,
    into: type[Any] | None = None,
    insert: bool = False,
) -> Any:
    """Run one statement on the process's database, its values bound, never pasted.

    Returns a row or None for ``fetch="one"``, a list of rows for ``"all"``, the number of rows
    touched for ``None``; when ``fetch`` is left out, the list for a statement that returns rows and
    the number for any other. A row is read by name and by place, and unpacks into its values;
    ``into`` gives instances of a dataclass instead. ``%s`` stands for a value, on every database.
    ``insert`` is the original's, and not needed: every statement takes effect.

    Raises:
        UnsafeQueryError: several statements in one text, or values that do not match.
        InvalidValueError: a value that cannot be stored.
        QueryError, StoreUnavailableError: as the database answered; nothing was changed.
    """
    if insert:
        told = "insert=True is not needed, every statement takes effect; leave it out"
        warnings.warn(told, DeprecationWarning, stacklevel=2)
    # The overloads above have said which result goes with which arguments.
    run = cast("Callable[..., Any]", default_database().query)
    return run(query, () if params is None else params, fetch=fetch, into=into)
