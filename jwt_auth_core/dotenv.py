"""Reading a `.env` file, through python-dotenv; only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jwt_auth_core.errors import MissingDriverError


def with_dotenv(mapping: Mapping[str, str], path: Path = Path(".env")) -> Mapping[str, str]:
    """Return ``mapping`` over the variables of the file at ``path``; the mapping wins.

    A file that does not exist adds nothing.

    Raises:
        MissingDriverError: the file exists and python-dotenv is not installed.
    """
    if not path.is_file():
        return mapping
    try:
        from dotenv import dotenv_values  # noqa: PLC0415 - an extra, needed only where a file exists
    except ImportError as error:
        raise MissingDriverError("python-dotenv", extra="dotenv") from error
    return {**{name: value or "" for name, value in dotenv_values(path).items()}, **mapping}
