"""Request headers as they came: every line of a name, undecoded beyond Latin-1, none merged."""

from __future__ import annotations

from jwt_auth_asgi.asgi import Scope


def lines(scope: Scope, name: bytes) -> tuple[str, ...]:
    """Return the values of a header, ``name`` in lower case, in the order of their lines."""
    return tuple([value.decode("latin-1") for key, value in scope.get("headers", ()) if key == name])
