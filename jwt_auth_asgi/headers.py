"""Request headers as they came: every line of a name, undecoded beyond Latin-1, none merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jwt_auth_asgi.asgi import Scope

Headers = Mapping[bytes, Sequence[str]]
"""The values of each name in lower case, in the order of their lines."""


def lines(scope: Scope, name: bytes) -> tuple[str, ...]:
    """Return the values of a header, ``name`` in lower case, in the order of their lines."""
    return tuple([value.decode("latin-1") for key, value in scope.get("headers", ()) if key == name])


def by_name(scope: Scope) -> Headers:
    """Return all headers, for those who want to know several."""
    found: dict[bytes, list[str]] = {}
    for name, value in scope.get("headers", ()):
        found.setdefault(name, []).append(value.decode("latin-1"))
    return found
