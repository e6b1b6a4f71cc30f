"""libpq's service files: a host that is named there is looked up by us, as one of a URL is.

libpq itself would look it up while it holds the interpreter's lock, without a limit of time. It reads the
file again when it connects, so what is wrong with one is left to its own refusal.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

_OWN: Final = "~/.pg_service.conf"
_SYSTEM: Final = "pg_service.conf"


def service_words(service: str, named: str | None) -> Mapping[str, str] | None:
    """Return what the file says of a service; None where libpq alone knows it, or nobody does.

    ``named`` is the file that somebody named; without one it is the user's.
    """
    for path in _files(named):
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError:
            return None
        group = _group(lines, service)
        if group is not None:
            return _words(group)
    return None


def _files(named: str | None) -> Iterator[Path]:
    own = Path(os.path.expanduser(_OWN) if named is None else named)  # noqa: PTH111 - never raises
    if named is not None or os.path.exists(own):  # noqa: PTH110 - never raises
        yield own
    if "PGSYSCONFDIR" in os.environ:  # where it is not, libpq knows the directory that it was built with
        yield Path(f"{os.environ['PGSYSCONFDIR']}/{_SYSTEM}")


def _group(lines: Sequence[bytes], service: str) -> Sequence[str] | None:
    """Return the lines below the service's name, up to the next name."""
    found: list[str] | None = None
    for line in (octets.strip().decode("utf-8", "replace") for octets in lines):
        if line.startswith("["):
            if found is not None:
                break
            found = [] if line.startswith(f"[{service}]") else None
        elif found is not None and line and not line.startswith("#"):
            found.append(line)
    return found


def _words(group: Sequence[str]) -> Mapping[str, str] | None:
    words: dict[str, str] = {}
    for line in group:
        if line.startswith("ldap"):  # a directory has more words, unless it is not reached
            return None
        name, _, text = line.partition("=")
        words.setdefault(name, text)
    return words
