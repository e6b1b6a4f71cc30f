"""Keys and secrets: how their texts are read, and what makes a good one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, cast

from jwt_auth_core.variables.variable import several
from jwt_auth_core.variables.words import texts
from jwt_auth_core.vocabulary import Secret
from jwt_auth_core.weak_secrets import LEAST_BYTES, weakness

_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_MOST_IN_RUNS: Final = 4
_MOST_WITH_WHOLE: Final = 29  # with the two readings of the whole as many as a ring takes beside the newest
AS_SECRET: Final = (
    'must be a Secret: wrap the text as Secret("..."), after "from jwt_auth_core import Secret"'
)
Clients = tuple[tuple[str, Secret], ...]


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


def secret_texts(text: str) -> tuple[Secret, ...]:
    """Read secrets between commas, none of which holds one."""
    return tuple(map(Secret, texts(text)))


def clients(text: str) -> Clients:
    """Read ``id:secret`` pairs."""
    return tuple((name, Secret(secret)) for name, _, secret in (part.partition(":") for part in texts(text)))


def is_key(value: object) -> str | None:
    """Check an HMAC secret: long enough, and not known to the world (JWT-06)."""
    if not isinstance(value, Secret):
        return AS_SECRET
    text = value.reveal()
    if not _is_long(text):
        return f"must be at least {LEAST_BYTES} bytes long"
    pieces = (piece for piece in map(str.strip, text.split(",")) if _is_long(piece))
    reason = next(filter(None, map(weakness, map(_octets, (text, *pieces)))), None)
    return f"is refused: {reason}" if reason else None


def are_previous_keys(value: object) -> str | None:
    """Check older HMAC secrets."""
    keys = several(value)
    return f"must be a tuple, each {AS_SECRET}" if keys is None else _each_key(keys)


def are_encryption_keys(value: object) -> str | None:
    """Check what encrypts and seals: each as good as a signing secret, none twice."""
    keys = several(value)
    if keys is None:
        return f"must be a tuple, each {AS_SECRET}"
    twice = any(one in keys[:place] for place, one in enumerate(keys))
    return "has one key twice" if twice else _each_key(keys)


def _each_key(keys: Iterable[object]) -> str | None:
    problems = (is_key(key) for key in keys)
    return next((f"has one that {problem}" for problem in problems if problem), None)


def are_clients(value: object) -> str | None:
    """Check OAuth clients: ids of their own, good secrets."""
    pairs = several(value)
    if pairs is None or not all(map(_is_pair, pairs)):
        return "must be a tuple of pairs, an id and its Secret each"
    names, secrets = zip(*cast("list[tuple[str, object]]", pairs), strict=True) if pairs else ((), ())
    if len(set(names)) == len(names) and all(map(_CLIENT_ID.fullmatch, names)):
        problems = ((name, is_key(secret)) for name, secret in zip(names, secrets, strict=True))
        return next((f"has {name}, whose secret {problem}" for name, problem in problems if problem), None)
    return "each must be id:secret, no id twice, of letters, digits, '.', '_', '~' and '-'"


def _is_pair(value: object) -> bool:
    parts = several(value) or []
    return len(parts) == len(("id", "secret")) and isinstance(parts[0], str)


def is_key_place(value: object) -> str | None:
    """Check that asymmetric keys are named, if at all, by a text."""
    if value is not None and not isinstance(value, Secret):
        return AS_SECRET
    is_named = value is None or value.reveal().strip()
    return None if is_named else "must be a directory of key files, or PEM or JWK text"
