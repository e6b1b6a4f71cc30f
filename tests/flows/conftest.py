"""One `Auth` a storage world, with a clock that the test holds and cheap passwords."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from jwt_auth_core import assemble
from jwt_auth_core.audit import Event
from jwt_auth_core.auth import Auth
from jwt_auth_core.database.query import Database
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.rate_limits import FallbackLimits
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from jwt_auth_core.settings import Settings
from jwt_auth_core.steps import run
from jwt_auth_core.vocabulary import Client, Secret
from tests import dumps, migrated
from tests.cheap import cheap_passwords
from tests.flows.guesses import Guesses
from tests.taint import TAINT

KEY = "a key that only the tests of the flows know"
PASSWORD = "a long enough pass phrase"


@dataclass
class World:
    """An `Auth` with its clock and the audit events that it wrote."""

    settings: Settings
    now: int = 1_800_000_000
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        stores = assemble.stores(self.settings, clock=lambda: self.now)
        migrate(stores.database)
        self.stores = stores
        self.auth = Auth.from_settings(
            self.settings,
            audit=self.events.append,
            passwords=cheap_passwords(),
            stores=stores,
            clock=lambda: self.now,
        )

    def register(self, email: str = "ada@example.com", **fields: object):
        """Register a user with plausible fields."""
        values = {"email": email, "password": PASSWORD, "first_name": "Ada", "last_name": "L", **fields}
        return self.auth.register(self.auth.register.parse(values), Client())

    def login(self, email: str = "ada@example.com", password: str = PASSWORD) -> Grant:
        """Log in, or raise what the flow raises."""
        return self.auth.login(LoginAttempt.parse({"email": email, "password": password}), Client())

    def refresh(self, token: Secret) -> object:
        """Refresh one token, in steps as a server does; return the grant or the error."""
        (answer,) = run(self.auth.refresh.steps([token.reveal()]))
        return answer

    def names(self) -> list[str]:
        """Return the names of the audit events so far."""
        return [event.name for event in self.events]


@pytest.fixture
def variables() -> dict[str, str]:
    """Return what else is configured; files of tests have their own."""
    return {}


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
def world(request: pytest.FixtureRequest, tmp_path, variables) -> Iterator[World]:
    """Return the same world on the embedded default and on PostgreSQL with Redis."""
    if request.param == "embedded":
        urls = {"DATABASE_URL": f"sqlite:///{migrated.write(tmp_path / 'auth.sqlite3')}"}
    else:
        postgres, redis = request.getfixturevalue("migrated_url"), request.getfixturevalue("redis_url")
        urls = {"DATABASE_URL": postgres, "REDIS_URL": redis}
    made = World(Settings.from_env({"JWT_KEY": KEY, **urls, **variables}))
    yield made
    leaks = TAINT.leaks(*kept(made.stores.database, urls.get("REDIS_URL")))
    made.auth.close()
    assert leaks == [], "a row or a key holds a secret"  # LOG-1


def kept(database: Database, redis_url: str | None) -> list[str]:
    """Return all that a world keeps: audit, outbox, limits, sessions, codes and the rest."""
    return ["nothing", *dumps.rows(database), *(dumps.keys(redis_url) if redis_url else ())]


@pytest.fixture
def guess(monkeypatch):
    """Return what guesses, and holds the clock of what is counted."""
    made = Guesses()
    for verb in ("take", "give_back"):
        ask = getattr(FallbackLimits, verb)
        monkeypatch.setattr(
            FallbackLimits, verb, lambda *args, ask=ask: ask(*args, now=made.seconds * MICROSECONDS)
        )
    return made
