"""Readings: what applications may take a path for, where its text does not say it (ASGI-08)."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final
from urllib.parse import unquote

_ENCODINGS: Final = 3  # that some application may take off a path which the server has decoded
_SLASHES: Final = re.compile(r"[/\\]+")
_PARAMETERS: Final = re.compile(r";[^/]*")
_TARGET: Final = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)?(?:[/\\]{2}[^/\\?#]*)?", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"^[\x00-\x20]+|[\t\r\n]+")  # which `urlsplit` leaves out
_QUERY: Final = re.compile(r"[?#].*", re.DOTALL)
_STREAM: Final = re.compile(r":[^/:]*:?\$[^/]*")  # by which NTFS names the same file
_ENDS: Final = re.compile(r"(?<![\s.])[\s.]++(?=/|$)")  # which some file systems leave off


def readings(path: str, root: str) -> Iterator[tuple[str, int]]:
    """Yield a path as applications may understand it, and how long a rule for each is at least.

    Below ``root_path`` a rule for what is above it says nothing about the whole path.
    """
    roots = {root, root.rstrip("/"), root.casefold()} - {""}
    prefix = f"{root}/".casefold() if root and not root.endswith("/") else None
    whole = _targets(_decoded(path))
    below = _targets({text for one in whole for text in _below(one, roots)})
    for one in {spelled for text in below for spelled in _spellings(text)}:
        yield one, 0
    for one in {spelled for text in whole for spelled in _spellings(text)}:
        yield one, len(root) if prefix and f"{one}/".casefold().startswith(prefix) else 0
        for inner in _below(one, roots):
            yield inner if inner.startswith("/") else f"/{inner}", 0


def _decoded(path: str) -> set[str]:
    """Return a path with the further encodings that it may have taken off, one after another."""
    found = {path}
    for _ in range(_ENCODINGS):
        path = unquote(path)
        found.add(path)
    return found


def _targets(paths: Collection[str]) -> set[str]:
    """Return paths, and those of the addresses that they may be: a request can name a whole one."""
    inside = {_QUERY.sub("", _TARGET.sub("", _UNSEEN.sub("", path), count=1)) for path in paths}
    return inside.union(paths)


def _below(path: str, roots: Collection[str]) -> Iterator[str]:
    """Yield what is below a ``root_path``, which some applications look for anywhere in a path."""
    for root in roots:
        _, found, below = path.partition(root)
        if found:
            yield below


def _spellings(path: str) -> Iterator[str]:
    """Yield a path as it is, and as applications may understand it that tidy it up."""
    whole = path if path.startswith("/") else f"/{path}"
    # In capitals a dotless i is an I, and a dotted one is an i and a dot.
    folded = unicodedata.normalize("NFKC", whole).upper().casefold().replace("i\u0307", "i")
    bare = _PARAMETERS.sub("", folded)
    for spelled in {whole, folded, bare, _ENDS.sub("", bare), _ENDS.sub("", _STREAM.sub("", bare))}:
        slashed = _SLASHES.sub("/", spelled.partition("\0")[0])
        yield from (spelled, slashed, posixpath.normpath(slashed))
