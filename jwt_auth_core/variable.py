"""One environment variable: its name, how its text is read, and what its limits are.

A reader raises ValueError or KeyError; a check returns the limit that a value breaks, in words
that go behind the variable's name and never repeat the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.weakness import LEAST_BYTES, weakness

DATABASE_SCHEMES: Final = ("postgresql", "postgres", "sqlite")
REDIS_SCHEMES: Final = (
    "redis",
    "rediss",
    "unix",
    "redis+cluster",
    "rediss+cluster",
    "redis+sentinel",
    "rediss+sentinel",
)
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_ORIGIN: Final = re.compile(
    r"(?!file:)[a-z][a-z0-9+.-]*://(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:*\\\[\]]+)(?::\d{1,5})?"
)
_PUBLIC_URL: Final = re.compile(
    r"https?://(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)(?::\d{1,5})?(?:/[0-9A-Za-z._~!$&'()*+,;=:@%/-]*)?"
)
_COOKIE_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COOKIE_PREFIX: Final = re.compile(r"__(?:Host|Secure|Http|Host-Http)-", re.IGNORECASE)

Read = Callable[[str], Any]
Check = Callable[[Any], "str | None"]
Clients = tuple[tuple[str, Secret], ...]


def texts(text: str) -> tuple[str, ...]:
    """Read a list that is separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def secrets(text: str) -> tuple[Secret, ...]:
    """Read a list of secrets."""
    return tuple(Secret(part) for part in texts(text))


def clients(text: str) -> Clients:
    """Read ``id:secret`` pairs."""
    return tuple((name, Secret(secret)) for name, _, secret in (part.partition(":") for part in texts(text)))


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


def is_flag(value: object) -> str | None:
    """Check a flag."""
    return None if isinstance(value, bool) else "must be true or false"


def is_key(value: object) -> str | None:
    """Check an HMAC secret: long enough, and not known to the world (JWT-06)."""
    if not isinstance(value, Secret):
        return "must be a Secret"
    octets = value.reveal().encode("utf-8", "surrogatepass")
    if len(octets) < LEAST_BYTES:
        return f"must be at least {LEAST_BYTES} bytes long"
    reason = weakness(octets)
    return f"is refused: {reason}" if reason else None


def are_keys(value: tuple[object, ...]) -> str | None:
    """Check HMAC secrets."""
    problems = (is_key(key) for key in value)
    return next((f"each {problem}" for problem in problems if problem), None)


def are_clients(value: tuple[tuple[str, object], ...]) -> str | None:
    """Check OAuth clients: ids of their own, good secrets."""
    names = [client_id for client_id, _ in value]
    if len(set(names)) == len(names) and all(map(_CLIENT_ID.fullmatch, names)):
        return are_keys(tuple(secret for _, secret in value))
    return "each must be id:secret, no id twice, of letters, digits, '.', '_', '~' and '-'"


def is_key_place(value: object) -> str | None:
    """Check that asymmetric keys are named, if at all, by a text."""
    is_named = value is None or (isinstance(value, Secret) and value.reveal().strip())
    return None if is_named else "must be a Secret: a directory of key files, or PEM or JWK text"


def _scheme_of(value: object, schemes: tuple[str, ...]) -> str | None:
    limit = "must be a URL that begins with " + ", ".join(f"{scheme}://" for scheme in schemes)
    if not isinstance(value, Secret):
        return limit
    return None if value.reveal().partition("://")[0] in schemes else limit


def is_database_url(value: object) -> str | None:
    """Check the scheme of a database."""
    return _scheme_of(value, DATABASE_SCHEMES)


def is_redis_url(value: object) -> str | None:
    """Check the scheme of a Redis, if there is one."""
    return None if value is None else _scheme_of(value, REDIS_SCHEMES)


def are_origins(value: tuple[str, ...]) -> str | None:
    """Check origins (RFC 6454); those of packaged applications have schemes of their own."""
    limit = "each must be an origin such as https://app.example.com or capacitor://localhost, without a path"
    return None if all(map(_ORIGIN.fullmatch, value)) else limit


def is_public_url(value: object) -> str | None:
    """Check the URL of an application, if there is one."""
    limit = "must be a URL such as https://api.example.com, without a query, a fragment or a user"
    return None if value is None or (isinstance(value, str) and _PUBLIC_URL.fullmatch(value)) else limit


def is_cookie_name(value: object) -> str | None:
    """Check a cookie's name, to which the prefix that its attributes allow is added (RFC 6265bis §4.1.3)."""
    if isinstance(value, str) and _COOKIE_NAME.fullmatch(value) and not _COOKIE_PREFIX.match(value):
        return None
    return "must be 1 to 64 letters, digits, '_' and '-', without __Host-, which is added"


def is_text(value: object) -> str | None:
    """Check that a text is not empty, if it is there."""
    return None if value is None or (isinstance(value, str) and value) else "must not be empty"


@dataclass(frozen=True, slots=True)
class Variable:
    """How a field is called in the environment, how its text is read, and what its limits are."""

    name: str
    read: Read = str
    check: Check = is_text
