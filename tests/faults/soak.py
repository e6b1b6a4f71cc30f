"""People who use a site without end and hold every answer against what they may expect."""

from __future__ import annotations

import random
import threading
import traceback
from dataclasses import dataclass, field

import httpx

from tests.end_to_end.serving import PATIENCE_SECONDS, until
from tests.end_to_end.visitor import Visitor

TRY_AGAIN, ENDED = 503, 401


@dataclass
class Person:
    """One user in one browser; ``wrong`` is what should never have happened to it."""

    visitor: Visitor
    dice: random.Random
    wrong: list[str] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)
    turns: int = 0
    refreshed: int = 0
    refused: int = 0
    ended: int = 0
    is_in: bool = False

    def live(self, enough: threading.Event) -> None:
        """Do one thing after the other until it is enough."""
        while not enough.is_set() and not self.wrong:
            try:
                self.turn()
            except (httpx.HTTPError, AssertionError):
                self.wrong.append(traceback.format_exc(limit=-3))
            self.turns += 1
            enough.wait(0.01)  # a breath: many threads share one interpreter

    def turn(self) -> None:
        """Do something that a user would do now."""
        if not self.is_in:
            self.is_in = self.heard(self.visitor.login(), 200)
            return
        act = self.dice.choices(
            [self.refresh, self.read, self.look_back, self.leave], weights=[60, 25, 10, 5]
        )[0]
        act()

    def refresh(self) -> None:
        """The token that it holds is good, always."""
        if self.heard(self.visitor.refresh(), 200):
            self.refreshed += 1

    def read(self) -> None:
        """An access token needs no store."""
        answer = self.visitor.topics()
        assert answer.status_code == 200, answer.text
        self.heard(self.visitor.me(), 200)

    def look_back(self) -> None:
        """What was logged out stays so."""
        if self.spent:
            self.heard(self.visitor.present(self.dice.choice(self.spent)), 401)

    def leave(self) -> None:
        """Log out; where that was not confirmed it may have come about or not."""
        held = self.visitor.token
        assert held
        if self.heard(self.visitor.logout(), 200):
            self.spent.append(held)
        self.is_in = False

    def heard(self, answer: httpx.Response, expected: int) -> bool:
        """Tell whether the answer is the expected one; the only other is to try again."""
        if answer.status_code == TRY_AGAIN:
            assert int(answer.headers["retry-after"]) >= 1
            assert "set-cookie" not in answer.headers
            self.refused += 1
            return False
        assert answer.status_code == expected, (answer.status_code, answer.text, self.refreshed)
        self.ended += expected == ENDED
        return True


@dataclass
class Victim(Person):
    """Somebody whose token was copied; the copy is presented when it is long spent."""

    copied: str | None = None
    copied_at: int = 0
    thefts: int = 0
    is_found: bool = False

    def turn(self) -> None:
        """Live on; now and then the thief has a turn."""
        if not self.is_in:
            super().turn()
            self.copied, self.is_found = None, False
        elif self.is_found:
            self.is_in = self.heard(self.visitor.refresh(), 401) and False
        elif self.copied is None:
            self.copied, self.copied_at = self.visitor.token, self.refreshed
        elif self.refreshed >= self.copied_at + 3:
            self.is_found = self.heard(self.visitor.present(self.copied), 401)
            self.thefts += self.is_found
        else:
            self.refresh()


@dataclass
class Town:
    """Everybody, each in a thread."""

    people: list[Person]
    enough: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def wake(self) -> None:
        """Let everybody begin."""
        for person in self.people:
            self.threads.append(threading.Thread(target=person.live, args=(self.enough,)))
            self.threads[-1].start()

    def sleep(self) -> None:
        """Send everybody home."""
        self.enough.set()
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS)

    def all_is_right(self) -> bool:
        """Tell whether nothing happened that should not; raise what did."""
        wrong = [what for person in self.people for what in person.wrong]
        assert not wrong, "\n".join(wrong)
        return True

    def all_had(self, refreshes: int) -> None:
        """Wait until everybody has refreshed so many times more."""
        goal = {id(person): person.refreshed + refreshes for person in self.people}
        until(lambda: self.all_is_right() and all(one.refreshed >= goal[id(one)] for one in self.people))

    def had(self, turns: int) -> None:
        """Wait until somebody was refused, or everybody has had so many turns."""
        refused = sum(person.refused for person in self.people)
        goal = {id(person): person.turns + turns for person in self.people}
        until(
            lambda: (
                self.all_is_right()
                and (
                    sum(person.refused for person in self.people) > refused
                    or all(one.turns >= goal[id(one)] for one in self.people)
                )
            )
        )
