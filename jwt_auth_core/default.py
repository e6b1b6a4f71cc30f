"""The one `Auth` of the process, made from the environment on first use, and the helpers on it.

What the original package offered as module functions: `safe_query`, `decode_access_token`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Literal, LiteralString, TypeVar, cast, overload

from jwt_auth_core.auth import Auth
from jwt_auth_core.database.query import Row

T = TypeVar("T")

_lock = threading.Lock()
_made: list[Auth] = []


def default_auth() -> Auth:
    """Return the process's `Auth`; the first call makes it with `Auth.from_env`.

    Raises:
        SettingsError: names every offending variable; the next call tries again.
    """
    with _lock:
        if not _made:
            _made.append(Auth.from_env())
        return _made[0]


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
    return default_auth().database.transaction()


@overload
def safe_query(sql: LiteralString, params: Sequence[object] = (), *, fetch: Literal["one"]) -> Row | None: ...
@overload
def safe_query(sql: LiteralString, params: Sequence[object] = (), *, fetch: Literal["all"]) -> list[Row]: ...
@overload
def safe_query(sql: LiteralString, params: Sequence[object] = (), *, fetch: None = None) -> int: ...
@overload
def safe_query(
    sql: LiteralString, params: Sequence[object] = (), *, fetch: Literal["one"], into: type[T]
) -> T | None: ...
@overload
def safe_query(
    sql: LiteralString, params: Sequence[object] = (), *, fetch: Literal["all"], into: type[T]
) -> list[T]: ...
def safe_query(
    sql: LiteralString,
    params: Sequence[object] = (),
    *,
    fetch: Literal["one", "all"] | None = None,
    into: type[T] | None = None,
) -> Row | list[Row] | T | list[T] | int | None:
    """Run one statement on the process's database, its values bound, never pasted.

    Returns a row (a dict from column to value) or None for ``"one"``, a list of rows for
    ``"all"``, the number of rows touched otherwise; instances of the dataclass ``into`` in
    place of dicts where it is given. ``%s`` stands for a value, on every database.

    Raises:
        UnsafeQueryError: several statements in one text, or values that do not match.
        QueryError, StoreUnavailableError: as the database answered.
    """
    # The overloads above have said which result goes with which arguments.
    query = cast("Callable[..., Row | list[Row] | T | list[T] | int | None]", default_auth().database.query)
    return query(sql, params, fetch=fetch, into=into)
