"""URLs and origins: which ones a setting takes."""

from __future__ import annotations

import re
from typing import Final

from jwt_auth_core.variables.keys import AS_SECRET
from jwt_auth_core.variables.variable import several
from jwt_auth_core.vocabulary import Secret

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


def _scheme_of(value: object, schemes: tuple[str, ...]) -> str | None:
    limit = "must be a URL that begins with " + ", ".join(f"{scheme}://" for scheme in schemes)
    if not isinstance(value, Secret):
        return AS_SECRET
    return None if value.reveal().partition("://")[0] in schemes else limit


def is_database_url(value: object) -> str | None:
    """Check the scheme of a database."""
    return _scheme_of(value, DATABASE_SCHEMES)


def is_redis_url(value: object) -> str | None:
    """Check the scheme of a Redis, if there is one."""
    return None if value is None else _scheme_of(value, REDIS_SCHEMES)


def are_origins(value: object) -> str | None:
    """Check origins (RFC 6454); those of packaged applications have schemes of their own."""
    origins = several(value)
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
