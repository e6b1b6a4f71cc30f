"""An `Auth` on embedded stores in memory, with a clock that the test holds and cheap passwords."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jwt_auth_core import assemble
from jwt_auth_core.audit import Event
from jwt_auth_core.auth import Auth
from jwt_auth_core.errors import StoreUnavailableError
from jwt_auth_core.settings import Settings
from tests import migrated
from tests.cheap import cheap_passwords

KEY = "a key that only the tests of the auth app know"


def settings(**variables: str) -> Settings:
    """Return settings from variables, embedded in memory unless they say otherwise."""
    return Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": "sqlite://", **variables})


@dataclass
class World:
    """An `Auth`, its clock, its audit events, and ways to break it."""

    settings: Settings = field(default_factory=settings)
    now: int = 1_800_000_000
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        def clock() -> int:
            return self.now

        with migrated.in_memory():
            self.stores = assemble.stores(self.settings, clock=clock)
        self.auth = Auth.from_settings(
            self.settings,
            audit=self.events.append,
            passwords=cheap_passwords(),
            stores=self.stores,
            clock=clock,
        )

    def close(self) -> None:
        """Close the stores."""
        self.auth.close()


def down(*_arguments, **_named):
    """Stand for a flow whose store does not answer."""
    raise StoreUnavailableError("redis")


down.steps = down  # of a refresh
down.in_browser = down  # of a registration


def broken(auth: Auth, *flows: str) -> Auth:
    """Return the same `Auth` with some of its flows failing."""
    return replace(auth, **dict.fromkeys(flows, down))
