"""The variables of the process, those of a `.env` file beneath them, and the DB_* ones as one URL.

The file is read by python-dotenv.
"""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from jwt_auth_core.errors import MissingDriverError, SettingsError
from jwt_auth_core.records import dataclass

FILE: Final = Path(".env")
DATABASE_PARTS: Final = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD")
_HIGHEST_PORT: Final = 65_535
# Nothing, a directory, a socket without a file, an IPv6 address, or a name without what ends one in a URL.
_HOST: Final = re.compile(
    r"|[/@][^,]+|(\[)?[0-9A-Fa-f.]*(?::[0-9A-Fa-f.]*){2,}(?:%\w+)?(?(1)\])|[^\s/@?#:,\[\]]+"
)

_ADVICE: Final = "write NAME=value, and close what a quote opens"
_LOGGER: Final = logging.getLogger("jwt_auth.dotenv")
_told: set[Path] = set()


@dataclass(frozen=True, slots=True)
class Source:
    """Variables, and in words where they were looked for."""

    variables: Mapping[str, str]
    place: str


def environment(*, dotenv: bool) -> Source:
    """Return the variables of the process, over those of the working directory's `.env` if wanted.

    Where the file cannot be read for want of python-dotenv, one warning says so.

    Raises:
        SettingsError: the file exists and cannot be read, or is no UTF-8 text.
    """
    if not dotenv:
        return Source(os.environ, "the environment")
    path = FILE.absolute()
    if not path.is_file():
        return Source(os.environ, f"the environment (there is no {path})")
    try:
        return Source(with_dotenv(os.environ, path), f"the environment and {path}")
    except MissingDriverError as missing:
        _tell(path, missing)
        return Source(os.environ, f"the environment ({path} is not read: {missing})")


def _tell(path: Path, missing: MissingDriverError) -> None:
    if path not in _told:
        _told.add(path)
        _LOGGER.warning("%s is not read: %s", path, missing)


def with_dotenv(mapping: Mapping[str, str], path: Path = FILE) -> Mapping[str, str]:
    """Return ``mapping`` over the variables of the file at ``path``; the mapping wins.

    A file that does not exist adds nothing. Where the mapping names a database, the file's other
    way to name one (``DATABASE_URL``, ``DB_HOST`` and its like) does not count.

    Raises:
        MissingDriverError: the file exists and python-dotenv is not installed.
        SettingsError: it cannot be read, is no UTF-8 text, or has a line that is none of the format's.
    """
    if not path.is_file():
        return mapping
    try:
        from dotenv import dotenv_values, parser  # noqa: PLC0415 - an extra, needed only where a file exists
    except ImportError as error:
        raise MissingDriverError("python-dotenv", extra="dotenv") from error
    text = _text(path)
    for statement in parser.parse_stream(io.StringIO(text)):
        if statement.error:  # left out, its setting would count as not set
            number = statement.original.line + _blank_lines(statement.original.string)
            raise SettingsError([f"{path.absolute()} cannot be read at line {number}: {_ADVICE}"])
    found = {name: value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}
    for rival in _rivals(mapping):
        found.pop(rival, None)
    return {**found, **mapping}


def _text(path: Path) -> str:
    try:
        text = path.read_text("utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise SettingsError([f"{path.absolute()} cannot be read: {error.strerror}"]) from None
    if "\0" in text:  # what UTF-16 leaves between its letters
        raise SettingsError([f"{path.absolute()} is not UTF-8 text; save it in that encoding"])
    return text


def _blank_lines(text: str) -> int:
    return text[: len(text) - len(text.lstrip())].count("\n")


def _rivals(mapping: Mapping[str, str]) -> tuple[str, ...]:
    if mapping.get("DATABASE_URL"):
        return DATABASE_PARTS
    return ("DATABASE_URL",) if any(mapping.get(name) for name in DATABASE_PARTS) else ()


def with_database_url(source: Mapping[str, str]) -> Mapping[str, str]:
    """Return the mapping with DATABASE_URL made of the DB_* variables where those are used."""
    if source.get("DATABASE_URL") or not source.get("DB_HOST"):
        return source
    user, password, name = (
        quote(source.get(part, ""), safe="") for part in ("DB_USER", "DB_PASSWORD", "DB_NAME")
    )
    host, port = source["DB_HOST"], source.get("DB_PORT") or "5432"
    if any(mark in host for mark in "/@,"):  # a directory of sockets, a socket without a file, a list
        bare = host.translate({ord("["): None, ord("]"): None})
        place, query = "", f"?host={quote(bare, safe='')}&port={quote(port, safe='')}"
    else:
        place, query = f"{f'[{host}]' if ':' in host and '[' not in host else host}:{port}", ""
    return {**source, "DATABASE_URL": f"postgresql://{user}:{password}@{place}/{name}{query}"}


def database_conflicts(source: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the DB_* variables, or with both ways at once."""
    parts = [name for name in DATABASE_PARTS if source.get(name)]
    if source.get("DATABASE_URL"):
        return [f"{parts[0]} is set beside DATABASE_URL; use one of the two ways"] if parts else []
    if not parts:
        return []
    absent = [name for name in ("DB_HOST", "DB_NAME", "DB_USER") if not source.get(name)]
    problems = [f"{name} is required with {parts[0]}" for name in absent]
    hosts, ports = source.get("DB_HOST", "").split(","), source.get("DB_PORT", "").split(",")
    if not all(map(_HOST.fullmatch, hosts)):
        problems.append(
            "DB_HOST must be a host name or an address, several with commas between them, or a directory "
            "of sockets that begins with / or @; the port belongs in DB_PORT"
        )
    if not all(map(_is_port, ports)):
        problems.append("DB_PORT must be a whole number from 1 to 65535")
    elif len(ports) not in {1, len(hosts)}:
        problems.append("DB_PORT must be one port, or one for each host of DB_HOST")
    return problems


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and 0 < int(text) <= _HIGHEST_PORT)
