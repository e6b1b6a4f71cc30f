"""Texts that lie beside the code: published secrets, scripts of Redis.

Read by the loader that brought the package, from a directory or an archive, as `importlib.resources`
would; but importing that takes longer than a program needs to verify its first token.
"""

from __future__ import annotations

import os
import sys
from typing import Protocol, cast


class _Loader(Protocol):
    def get_data(self, path: str) -> bytes: ...


def packaged_text(package: str, name: str) -> str:
    """Return a text file in UTF-8 of a package that was imported; its lines end as they are stored.

    Raises:
        OSError: there is no such file.
    """
    module = sys.modules[package]
    loader = cast("_Loader", getattr(module.__spec__, "loader", None))
    return loader.get_data(f"{module.__path__[0]}{os.sep}{name}").decode("utf-8")
