"""Where an embedded database is: one URL, as SQLAlchemy writes it, or refused with the reason.

``sqlite:///relative``, ``sqlite:////absolute``, ``sqlite://`` and ``sqlite:///:memory:`` for none.
"""

from __future__ import annotations

import math
from typing import Final
from urllib.parse import parse_qsl, unquote

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.records import dataclass

_WAIT_SECONDS: Final = 5.0
_LONGEST_WAIT: Final = 3600.0


@dataclass(frozen=True, slots=True)
class SqliteUrl:
    """The file, and how long a call waits for another writer."""

    path: str
    wait_seconds: float = _WAIT_SECONDS


def parse(url: str) -> SqliteUrl:
    """Return what the URL says.

    Raises:
        SettingsError: it names a host, or an option that is not known here.
    """
    place, _, query = url.partition("://")[2].partition("?")
    if place and not place.startswith("/"):
        raise _refused("needs three slashes before a path, and four before an absolute one")
    path = unquote(place.removeprefix("/"))
    if path.startswith("file:"):
        raise _refused("takes a path, not SQLite's file: form; write %3A for a colon of the name")
    options = dict(parse_qsl(query, keep_blank_values=True))
    seconds = options.pop("timeout", None)
    if options:
        raise _refused("takes no option but timeout=seconds; write %3F for a question mark of the name")
    return SqliteUrl(path or ":memory:", _WAIT_SECONDS if seconds is None else _seconds(seconds))


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST_WAIT:
        raise _refused("takes a timeout from 0 to 3600 seconds")
    return seconds


def _refused(problem: str) -> SettingsError:
    return SettingsError([f"DATABASE_URL with sqlite:// {problem}"])
