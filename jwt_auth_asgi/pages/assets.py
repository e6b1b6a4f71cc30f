"""The files that pages load: from the wheel, known by a digest of them all, so that they may be kept.

A module names its neighbours without the digest; it is written there when they are read, for a reference
takes no query along.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Final

from jwt_auth_asgi.pages.paths import FILES
from jwt_auth_core.packaged import packaged_text
from jwt_auth_core.records import dataclass

_PACKAGE: Final = "jwt_auth_asgi.pages"
_IMPORT: Final = re.compile(r'(from "\./[a-z-]+\.js)"')
_TYPES: Final = {
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "svg": b"image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its octets and what they are."""

    content: bytes
    media_type: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by their names, and what they are known by."""

    version: str
    files: Mapping[str, Asset]


@cache
def assets() -> Assets:
    """Return the files, which are read once."""
    texts = {name: packaged_text(_PACKAGE, f"static{os.sep}{name}") for name in FILES}
    version = sha256("\0".join(texts.values()).encode()).hexdigest()[:16]
    return Assets(version, {name: _asset(name, text, version) for name, text in texts.items()})


def _asset(name: str, text: str, version: str) -> Asset:
    kind = name.rpartition(".")[2]
    return Asset(_IMPORT.sub(rf'\1?v={version}"', text).encode(), _TYPES[kind])
