"""Words, numbers and lists of them: how their texts are read, and what their limits are."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from jwt_auth_core.variables.variable import Check, several

_COLUMN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_COOKIE_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COOKIE_PREFIX: Final = re.compile(r"__(?:Host|Secure|Http|Host-Http)-", re.IGNORECASE)
# Whoever writes one of these means no scope by it.
_NO_SCOPES: Final = frozenset(
    {"off", "on", "login", "optional", "required", "true", "false", "yes", "no", "none", "all", "1", "0"}
)
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 3.3


def texts(text: str) -> tuple[str, ...]:
    """Read a list that is separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def flag(text: str) -> bool:
    """Read a yes or no; raises KeyError for anything else."""
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return known[text.strip().lower()]


def between(low: int, high: int) -> Check:
    """Return a check for whole numbers within two limits."""
    limit = f"must be a whole number from {low} to {high}"
    return lambda value: None if type(value) is int and low <= value <= high else limit


def one_of(*choices: str) -> Check:
    """Return a check for one of a few words."""
    limit = "must be one of " + ", ".join(choices)
    return lambda value: None if value in choices else limit


def withheld_in(value: str, rules: Collection[str]) -> frozenset[str]:
    """Return the scopes that a setting withholds; none where it names one of its rules instead."""
    return frozenset() if value in rules else frozenset(value.replace(",", " ").split())


def rule_or_scopes(*rules: str) -> Check:
    """Return a check for one of a few words, or scopes that something is needed for."""
    limit = f"must be {', '.join(rules)}, or scopes with spaces or commas between them"

    def check(value: object) -> str | None:
        if not isinstance(value, str):
            return limit
        words = withheld_in(value, rules)
        are_scopes = all(map(_SCOPE.fullmatch, words)) and _NO_SCOPES.isdisjoint(map(str.lower, words))
        return None if value in rules or (words and are_scopes) else limit

    return check


def is_flag(value: object) -> str | None:
    """Check a flag."""
    return None if isinstance(value, bool) else "must be true or false"


def are_columns(value: object) -> str | None:
    """Check names of columns, none of them that of the hash."""
    names = several(value)
    if names is None or not all(isinstance(name, str) and _COLUMN.fullmatch(name) for name in names):
        return "must be names of columns, separated by commas"
    return "must not name password_hash" if "password_hash" in names else None


def is_cookie_name(value: object) -> str | None:
    """Check a cookie's name, to which the prefix that its attributes allow is added (RFC 6265bis §4.1.3)."""
    if isinstance(value, str) and _COOKIE_NAME.fullmatch(value) and not _COOKIE_PREFIX.match(value):
        return None
    return "must be 1 to 64 letters, digits, '_' and '-', without __Host-, which is added"
