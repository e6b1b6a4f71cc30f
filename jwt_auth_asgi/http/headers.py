"""Request headers as they came: every line of a name, undecoded beyond Latin-1, none merged.

White space around a value is no part of it (RFC 9110 §5.5), but some servers leave it there: uvicorn with
httptools what stands behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from jwt_auth_asgi.asgi import Scope

Headers = Mapping[bytes, Sequence[str]]
"""The values of each name in lower case, in the order of their lines."""

OUTER: Final = b" \t"


def lines(scope: Scope, name: bytes) -> tuple[str, ...]:
    """Return the values of a header, ``name`` in lower case, in the order of their lines."""
    return tuple(
        [value.strip(OUTER).decode("latin-1") for key, value in scope.get("headers", ()) if key == name]
    )


def by_name(scope: Scope) -> Headers:
    """Return all headers, for those who want to know several."""
    found: dict[bytes, list[str]] = {}
    for name, value in scope.get("headers", ()):
        found.setdefault(name, []).append(value.strip(OUTER).decode("latin-1"))
    return found
