"""Static files: whether something serves them, and one that can be asked for.

A name that is not there is answered by 404 to everybody, which says nothing.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast


def directories_of(app: Any) -> list[Path] | None:
    """Return the directories that an application serves files from; None when it is nothing of the kind."""
    for name in ("all_directories", "directories"):
        found: object = getattr(app, name, None)
        if isinstance(found, list | tuple):
            return [Path(one) for one in cast("list[str | os.PathLike[str]]", found)]
    return None


def directories_in(function: Any) -> list[Path] | None:
    """Return the same of what a function has in its closure: Litestar's static files are functions."""
    if not inspect.isfunction(function):
        return None
    found = map(directories_of, inspect.getclosurevars(function).nonlocals.values())
    return next((directories for directories in found if directories is not None), None)


def file_in(directories: list[Path]) -> str | None:
    """Return the path of a file below the directories, as a URL has it; None where there is none."""
    return next((found for directory in directories for found in _files(directory)), None)


def _files(directory: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            yield (Path(folder) / name).relative_to(directory).as_posix()
