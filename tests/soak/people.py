"""People of the soak: as those of a bad day, at two workers of which one may die; they remember longer."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

import httpx

from tests.end_to_end.visitor import bearer
from tests.faults.soak import Person, Victim
from tests.soak.workers import Workers

HEARD_SECONDS = 1.0
"""So long may a revocation take to be heard everywhere, once the stores answer."""


@dataclass
class Weather:
    """When the stores were last disturbed, as everybody may know."""

    is_bad: bool = False
    fine_since: float = field(default_factory=time.monotonic)


@dataclass
class Citizen(Person):
    """A person who goes to either worker; ``cut`` counts answers that its death took along."""

    workers: Workers | None = None
    weather: Weather = field(default_factory=Weather)
    name: str = "Ada"
    cut: int = 0
    superseded: int = 0
    kept: int = 0
    checked: int = 0
    slowest_refusal: float = 0.0
    ended_access: deque[tuple[str, float]] = field(default_factory=lambda: deque(maxlen=20))
    _is_unsure: bool = False
    _is_leaving: bool = False
    _maybe: str | None = None

    def turn(self) -> None:
        """Do something at either worker; a connection that ends with a worker is no answer, and no harm."""
        assert self.workers is not None
        self.visitor.http.base_url = httpx.URL(self.workers.any_origin(self.dice))
        deaths = self.workers.deaths
        try:
            self.act()
        except httpx.TransportError:
            # A death is counted before the signal is sent, so that whoever is cut can see it.
            is_excused = self.workers.deaths > deaths or self.visitor.http.base_url not in self._origins()
            assert is_excused, "a connection ended though nobody died"
            self.cut += 1
            self._is_unsure = True
            self.is_in, self._is_leaving = self.is_in and not self._is_leaving, False

    def act(self) -> None:
        """Do one thing: mostly what a person does, now and then what this one remembers."""
        if self.is_in and self.dice.random() < 0.1:
            self.rename() if self.dice.random() < 0.5 else self.read_name()
        elif self.ended_access and self.dice.random() < 0.2:
            self.look_back_at_access()
        else:
            super().turn()

    def refresh(self) -> None:
        """The token is good, always; superseded only by a try of its own that nobody heard of."""
        answer = self.visitor.refresh()
        if answer.status_code == 409 and self._is_unsure:
            self.superseded += 1
            return
        if self.heard(answer, 200):
            self.refreshed += 1
            self._is_unsure = False
        else:
            self._is_unsure = True

    def leave(self) -> None:
        """Log out; the access token must be refused everywhere, soon."""
        access, before = self.visitor.access, len(self.spent)
        self._is_leaving = True  # until it is answered: unanswered, it has come about or not
        super().leave()
        self._is_leaving = False
        if len(self.spent) > before:
            self.ended_access.append((access, time.monotonic()))

    def rename(self) -> None:
        """Write something down that must be found again."""
        wanted = f"Ada{self.dice.randrange(10**6)}"
        self._maybe = wanted
        body = {"first_name": wanted}
        answer = self.visitor.http.patch("/auth/me", json=body, headers=bearer(self.visitor.access))
        if self.heard(answer, 200):
            self.name, self._maybe = wanted, None
            self.kept += 1

    def read_name(self) -> None:
        """What was confirmed is there; what was not may be."""
        answer = self.visitor.me()
        if not self.heard(answer, 200):
            return
        found = answer.json()["first_name"]
        assert found in {self.name, self._maybe}, "what was confirmed is gone"
        self.name, self._maybe = found, None

    def look_back_at_access(self) -> None:
        """Refused a second after its session was ended, or after the stores answer again."""
        access, ended_at = self.dice.choice(list(self.ended_access))
        asked_at = time.monotonic()
        due = max(ended_at, self.weather.fine_since) + HEARD_SECONDS
        is_due = not self.weather.is_bad and asked_at > due
        answer = self.visitor.topics(access)
        if answer.status_code == 401:
            self.checked += is_due
        elif is_due and not self.weather.is_bad:
            took = time.monotonic() - asked_at
            assert answer.status_code == 503 or asked_at - due <= took, "an ended access token was accepted"

    def _origins(self) -> list[httpx.URL]:
        assert self.workers is not None
        return [httpx.URL(origin) for origin in self.workers.origins.values()]


@dataclass
class Robbed(Victim, Citizen):
    """A citizen whose token was copied."""

    def turn(self) -> None:
        """As a citizen, wherever."""
        Citizen.turn(self)

    def act(self) -> None:
        """As a victim; one who is not in logs in, as everybody does."""
        if self.is_in:
            Victim.turn(self)
        else:
            Person.turn(self)
            self.copied, self.is_found = None, False
