"""What PostgreSQL's error codes mean to us: the longest prefix found decides.

No driver here. Codes: PostgreSQL manual, appendix A. A message never holds what the server said,
because that repeats values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from jwt_auth_core.errors import (
    AuthError,
    ConstraintError,
    InvalidValueError,
    MissingTableError,
    QueryError,
    StoreUnavailableError,
    UniqueViolationError,
)
from jwt_auth_core.records import dataclass

STORE: Final = "postgresql"
DENIED: Final = "denies this role the permission"

_UNAVAILABLE: Final[Mapping[str, str]] = {
    "08": "lost the connection",
    "25006": "is read-only",
    "25P03": "ended an idle transaction",
    "25P04": "took too long for the transaction",
    "28": "refuses the login",
    "3D": "has no such database",
    "40": "undid the transaction",
    "42501": DENIED,
    "53": "has no resources left",
    "53100": "has no disk space left",
    "53300": "has too many connections",
    "55006": "has the object in use",
    "55P03": "waited too long for a lock",
    "57": "is going down or not up yet",
    "57014": "took too long for the statement",
    "58": "has a system error",
    "F0": "has a broken configuration",
    "HV": "cannot reach a foreign server",
    "XX": "has an internal error",
}
CONFLICTS: Final = {"40001", "40P01"}
"""Serialization failure and deadlock: this transaction was chosen to leave no trace."""

_LOST: Final = ("08", "25006", "57P0")  # gone, going, or demoted: a replica takes no writes

_WRONG: Final = ("28", "3D", "42501")  # the URL names a role, a password or a database that is not there
# Without a code, as libpq tells what it heard while it logged in; a pooler says some of it in other words.
_WRONG_WORDS: Final = re.compile(
    r"""authentication\ failed | auth\ failed | no\ password\ supplied
      | (?:database|role)\ "[^"]*"\ does\ not\ exist | no\ such\ (?:database|user)
      | no\ pg_hba\.conf\ entry | pg_hba\.conf\ rejects | is\ not\ permitted\ to\ log\ in
      | permission\ denied\ for\ database
      | does\ not\ support\ SSL | certificate\ verify\ failed | does\ not\ match\ host\ name
      | certificate\ file\ "[^"]*"\ does\ not\ exist | could\ not\ (?:open|read)\ (?:root\ )?certificate\ file
    """,
    re.VERBOSE | re.IGNORECASE,
)

_INVALID: Final = ("22", "54")  # data exceptions; limits: a value too long for its index
_MISSING: Final = ("42P01", "42703", "3F000")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as the server sent it: its code, and what its fields name (never values)."""

    code: str
    constraint: str | None = None
    missing: str | None = None


def error_for(refusal: Refusal) -> AuthError:
    """Return our error for one of the server's."""
    code = refusal.code
    if code == "23505":
        return UniqueViolationError(refusal.constraint or "unique")
    if code.startswith(("23", "44")):
        return ConstraintError(refusal.constraint or "constraint")
    if code in _MISSING:
        return MissingTableError(refusal.missing or "unknown")
    detail = _UNAVAILABLE.get(code) or _UNAVAILABLE.get(code[:2])
    return _error_of(code, detail)


def is_lost(error: AuthError, code: str | None) -> bool:
    """Tell whether a connection is of no use after this error, and the others to its server hardly are."""
    if code is None:  # the driver found it: a server that ends a connection is heard without its code
        return isinstance(error, StoreUnavailableError)
    return code.startswith(_LOST)


def is_passing(sentence: str) -> bool:
    """Tell whether a login that failed may succeed later: yes, unless it is known to be asked for wrongly.

    A server of another language says nothing that is known.
    """
    return not _WRONG_WORDS.search(sentence)


def _error_of(code: str, detail: str | None) -> AuthError:
    if detail is not None:
        return StoreUnavailableError(STORE, detail, is_passing=not code.startswith(_WRONG))
    if code.startswith(_INVALID):
        return InvalidValueError("a value is out of range, or of the wrong type for its column")
    return QueryError(f"postgresql refused the statement: SQLSTATE {code}")
