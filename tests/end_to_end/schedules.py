"""What a network can do to an honest browser with two tabs, tried out move by move over HTTP.

Like the model of the store's own tests, but every arrival is a request to the application. A tab
that sends a newer token gives up on the answers that it still waits for, as an aborted fetch does.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from jwt_auth_core.sessions.token import Presented, RefreshTokens
from tests.end_to_end.site import KEY
from tests.end_to_end.world import Answer, Remembering, World

GRACE_SECONDS = 10
_TOKENS = RefreshTokens([KEY.encode()])


def seen(token: str) -> Presented:
    """Return what the server sees of a token."""
    return _TOKENS.parse(token)


@dataclass(frozen=True)
class Place:
    """A moment: the server's state and time, the browser's cookie, requests and answers under way."""

    state: Any
    now: int
    cookie: str
    asked: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    def key(self) -> Hashable:
        """Return what two places have in common where nothing can tell them apart."""
        (record,) = self.state.values()
        names: dict[bytes | None, int] = {None: -1}

        def name(digest: bytes | None) -> int:
            return names.setdefault(digest, len(names))

        held = map(seen, (self.cookie, *self.asked, *self.answers))
        lineage = (name(record.current), name(record.previous))
        tokens = tuple((name(one.digest), name(one.parent)) for one in held)
        since = min(self.now - record.confirmed_at, GRACE_SECONDS + 1)
        return lineage, tokens, len(self.asked), since, record.used_at is None, record.ended_reason


class Network:
    """Carries requests to one world and sets it back; ``requests`` counts them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.requests = 0
        assert isinstance(world.sessions, Remembering)
        self.sessions = world.sessions

    def begin(self) -> Place:
        """Log in."""
        cookie = self.world.login()
        return Place(self.sessions.saved(), self.world.clock.now, cookie)

    def arrive(self, place: Place, token: str) -> tuple[Answer, Place]:
        """Let a token arrive at the server as it is in a place."""
        self.requests += 1
        self.sessions.restored(place.state)
        self.world.auth.database.query("DELETE FROM auth_revoked_sessions")  # the tombstone is in the state
        self.world.clock.now = place.now
        answer = self.world.present(token)
        return answer, replace(place, state=self.sessions.saved())

    def moves(self, place: Place) -> Iterator[Place]:
        """Yield every place that one move of the browser, the network or the clock leads to."""
        if len(place.asked) < 2:
            yield _sent(place)
        for i, token in enumerate(place.asked):
            yield from self._arrivals(place, token, place.asked[:i] + place.asked[i + 1 :])
        for i, answer in enumerate(place.answers):
            rest = place.answers[:i] + place.answers[i + 1 :]
            yield replace(place, answers=rest)
            yield replace(place, cookie=answer, answers=rest)
            yield replace(place, cookie=answer)
        yield replace(place, now=place.now + 1)
        if not place.asked:
            yield replace(place, now=place.now + GRACE_SECONDS + 1)

    def _arrivals(self, place: Place, token: str, rest: tuple[str, ...]) -> Iterator[Place]:
        yield replace(place, asked=rest)  # it never arrives
        answer, after = self.arrive(place, token)
        assert answer.status in {200, 409}, (answer, place)  # I1: an honest browser is never refused
        answers = place.answers
        if answer.cookie and token == place.cookie:
            answers = (*answers, answer.cookie)
        yield replace(after, asked=rest, answers=answers)
        yield replace(after, answers=answers)  # it will arrive a second time


def _sent(place: Place) -> Place:
    known = seen(place.cookie)
    asked = (one for one in place.asked if seen(one).digest in (known.digest, known.parent))
    answers = (one for one in place.answers if seen(one).parent == known.digest)
    return replace(place, asked=(*asked, place.cookie), answers=tuple(answers))


def reached(network: Network, *, depth: int) -> Iterator[Place]:
    """Yield every place within so many moves of a login, once each."""
    edge = [network.begin()]
    known = {edge[0].key()}
    yield edge[0]
    for _ in range(depth):
        fresh: list[Place] = []
        for place in edge:
            for further in network.moves(place):
                key = further.key()
                if key not in known:
                    known.add(key)
                    fresh.append(further)
        yield from fresh
        edge = fresh
