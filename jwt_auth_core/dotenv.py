"""The variables of the process, and those of a `.env` file beneath them, read by python-dotenv."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jwt_auth_core.errors import MissingDriverError, SettingsError

FILE: Final = Path(".env")
DATABASE_PARTS: Final = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD")

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
