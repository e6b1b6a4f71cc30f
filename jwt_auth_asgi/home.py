"""What a middleware leaves in the scope about itself, for whoever decides or refuses behind it."""

from __future__ import annotations

from typing import Final

from jwt_auth_asgi.asgi import Scope
from jwt_auth_core.records import dataclass

HOME: Final = "jwt_auth.home"


@dataclass(frozen=True, slots=True)
class Home:
    """``auth`` is its `Auth`, or whatever else it verifies by, None for the process's own; and its realm.

    One entry of the scope, since each takes its time at every request.
    """

    auth: object
    realm: str | None


def home_of(scope: Scope) -> Home | None:
    """Return what the innermost middleware in front left; None where there was none."""
    home = scope.get(HOME)
    return home if isinstance(home, Home) else None
