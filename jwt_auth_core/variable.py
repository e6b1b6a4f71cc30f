"""One environment variable: its name, how its text is read, and what its limits are.

A reader raises ValueError or KeyError; a check returns the limit that a value breaks, in words
that go behind the variable's name and never repeat the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final, cast

from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.weak_secrets import LEAST_BYTES, weakness

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
_COLUMN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_PORT: Final = r"(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
_ORIGIN: Final = re.compile(
    rf"(?!file:)[a-z][a-z0-9+.-]*://(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:*\\\[\]]+)(?::{_PORT})?"
)
_PUBLIC_URL: Final = re.compile(
    rf"https?://(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)(?::{_PORT})?(?:/[0-9A-Za-z._~!$&'()*+,;=:@%/-]*)?"
)
_SERVICE_URL: Final = re.compile(
    rf"(?:https://(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)|http://(?:localhost|127\.0\.0\.1|\[::1\]))"
    rf"(?::{_PORT})?(?:/[0-9A-Za-z._~!$&'()*+,;=:@%/-]*)?"
)
_COOKIE_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COOKIE_PREFIX: Final = re.compile(r"__(?:Host|Secure|Http|Host-Http)-", re.IGNORECASE)

_MOST_IN_RUNS: Final = 4
_MOST_WITH_WHOLE: Final = 29  # with the two readings of the whole as many as a ring takes beside the newest
_AS_SECRET: Final = (
    'must be a Secret: wrap the text as Secret("..."), after "from jwt_auth_core import Secret"'
)

Read = Callable[[str], Any]
Check = Callable[[Any], "str | None"]
Clients = tuple[tuple[str, Secret], ...]


def texts(text: str) -> tuple[str, ...]:
    """Read a list that is separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def previous_keys(text: str) -> tuple[Secret, ...]:
    """Read older keys between commas, each of which may be written just as it was as the only key.

    So a key may itself hold commas, and white space around it: besides the pieces, trimmed, the whole
    text is a key, and of few pieces every run is, trimmed and as it stands. What is too short for a key
    is then a part of one. They only verify, so a reading that never signed does no harm.
    """
    pieces = text.split(",")
    trimmed = [piece for piece in map(str.strip, pieces) if piece]
    long = [piece for piece in trimmed if _is_long(piece)]
    sizes = range(1, len(pieces) + 1) if len(pieces) <= _MOST_IN_RUNS else [len(pieces)]
    runs = _readings(pieces, sizes) if len(long) <= _MOST_WITH_WHOLE else []
    also = [run for run in runs if run not in long and is_key(Secret(run)) is None]
    return tuple(Secret(key) for key in (*(long if also else trimmed), *also))


def _readings(pieces: list[str], sizes: Iterable[int]) -> list[str]:
    """Return the runs of so many pieces, trimmed and as they stand."""
    runs = (",".join(pieces[i : i + size]) for size in sizes for i in range(len(pieces) - size + 1))
    return list(dict.fromkeys(reading for run in runs for reading in (run.strip(), run)))


def _is_long(key: str) -> bool:
    return len(_octets(key)) >= LEAST_BYTES


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


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


# Whoever writes one of these means no scope by it.
_NO_SCOPES: Final = frozenset(
    {"off", "on", "login", "optional", "required", "true", "false", "yes", "no", "none", "all", "1", "0"}
)
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 3.3


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


def is_key(value: object) -> str | None:
    """Check an HMAC secret: long enough, and not known to the world (JWT-06)."""
    if not isinstance(value, Secret):
        return _AS_SECRET
    text = value.reveal()
    if not _is_long(text):
        return f"must be at least {LEAST_BYTES} bytes long"
    pieces = (piece for piece in map(str.strip, text.split(",")) if _is_long(piece))
    reason = next(filter(None, map(weakness, map(_octets, (text, *pieces)))), None)
    return f"is refused: {reason}" if reason else None


def are_previous_keys(value: object) -> str | None:
    """Check older HMAC secrets."""
    keys = _several(value)
    return f"must be a tuple, each {_AS_SECRET}" if keys is None else _each_key(keys)


def secret_texts(text: str) -> tuple[Secret, ...]:
    """Read secrets between commas, none of which holds one."""
    return tuple(map(Secret, texts(text)))


def are_encryption_keys(value: object) -> str | None:
    """Check what encrypts and seals: each as good as a signing secret, none twice."""
    keys = _several(value)
    if keys is None:
        return f"must be a tuple, each {_AS_SECRET}"
    twice = any(one in keys[:place] for place, one in enumerate(keys))
    return "has one key twice" if twice else _each_key(keys)


def _several(value: object) -> list[object] | None:
    return list(cast("Iterable[object]", value)) if isinstance(value, tuple | list) else None


def _each_key(keys: Iterable[object]) -> str | None:
    problems = (is_key(key) for key in keys)
    return next((f"has one that {problem}" for problem in problems if problem), None)


def are_clients(value: object) -> str | None:
    """Check OAuth clients: ids of their own, good secrets."""
    pairs = _several(value)
    if pairs is None or not all(map(_is_pair, pairs)):
        return "must be a tuple of pairs, an id and its Secret each"
    names, secrets = zip(*cast("list[tuple[str, object]]", pairs), strict=True) if pairs else ((), ())
    if len(set(names)) == len(names) and all(map(_CLIENT_ID.fullmatch, names)):
        problems = ((name, is_key(secret)) for name, secret in zip(names, secrets, strict=True))
        return next((f"has {name}, whose secret {problem}" for name, problem in problems if problem), None)
    return "each must be id:secret, no id twice, of letters, digits, '.', '_', '~' and '-'"


def are_columns(value: object) -> str | None:
    """Check names of columns, none of them that of the hash."""
    names = _several(value)
    if names is None or not all(isinstance(name, str) and _COLUMN.fullmatch(name) for name in names):
        return "must be names of columns, separated by commas"
    return "must not name password_hash" if "password_hash" in names else None


def _is_pair(value: object) -> bool:
    parts = _several(value) or []
    return len(parts) == len(("id", "secret")) and isinstance(parts[0], str)


def is_key_place(value: object) -> str | None:
    """Check that asymmetric keys are named, if at all, by a text."""
    if value is not None and not isinstance(value, Secret):
        return _AS_SECRET
    is_named = value is None or value.reveal().strip()
    return None if is_named else "must be a directory of key files, or PEM or JWK text"


def _scheme_of(value: object, schemes: tuple[str, ...]) -> str | None:
    limit = "must be a URL that begins with " + ", ".join(f"{scheme}://" for scheme in schemes)
    if not isinstance(value, Secret):
        return _AS_SECRET
    return None if value.reveal().partition("://")[0] in schemes else limit


def is_database_url(value: object) -> str | None:
    """Check the scheme of a database."""
    return _scheme_of(value, DATABASE_SCHEMES)


def is_redis_url(value: object) -> str | None:
    """Check the scheme of a Redis, if there is one."""
    return None if value is None else _scheme_of(value, REDIS_SCHEMES)


def are_origins(value: object) -> str | None:
    """Check origins (RFC 6454); those of packaged applications have schemes of their own."""
    origins = _several(value)
    if origins is None:
        return "must be a tuple of origins such as https://app.example.com"
    limit = "each must be an origin such as https://app.example.com or capacitor://localhost, without a path"
    return None if all(isinstance(one, str) and _ORIGIN.fullmatch(one) for one in origins) else limit


def is_public_url(value: object) -> str | None:
    """Check the URL of an application, if there is one."""
    limit = "must be a URL such as https://api.example.com, without a query, a fragment or a user"
    return None if value is None or (isinstance(value, str) and _PUBLIC_URL.fullmatch(value)) else limit


def is_service_url(value: object) -> str | None:
    """Check the URL of somebody whom we ask, if there is one."""
    limit = "must be an https URL without a user, a query or a fragment; http is for this machine"
    return None if value is None or (isinstance(value, str) and _SERVICE_URL.fullmatch(value)) else limit


def is_cookie_name(value: object) -> str | None:
    """Check a cookie's name, to which the prefix that its attributes allow is added (RFC 6265bis §4.1.3)."""
    if isinstance(value, str) and _COOKIE_NAME.fullmatch(value) and not _COOKIE_PREFIX.match(value):
        return None
    return "must be 1 to 64 letters, digits, '_' and '-', without __Host-, which is added"


def is_text(value: object) -> str | None:
    """Check that a text is one and not empty, if it is there."""
    if value is None or isinstance(value, str):
        return "must not be empty" if value == "" else None
    return "must be a str"


def not_utf8(value: object) -> str | None:
    """Return what is to be said of octets that are no UTF-8, which the system hands on as lone surrogates."""
    text = value.reveal() if isinstance(value, Secret) else value
    if (several := _several(text)) is not None:
        return next(filter(None, map(not_utf8, several)), None)
    is_other = isinstance(text, str) and any("\ud800" <= character <= "\udfff" for character in text)
    return "is not UTF-8 text" if is_other else None


@dataclass(frozen=True, slots=True)
class Variable:
    """How a field is called in the environment, how its text is read, and what its limits are."""

    name: str
    read: Read = str
    check: Check = is_text

    def problem(self, value: object) -> str | None:
        """Return what is wrong with a value, behind the name; None where nothing is."""
        problem = not_utf8(value) or self.check(value)
        return f"{self.name} {problem}" if problem else None
