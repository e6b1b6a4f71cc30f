"""An explicit-state model of the protocol: worlds, the moves between them, a bounded search.

Tokens are numbered as they are made; a world holds the record, the tokens in people's hands and
the time. `reached` visits every world up to a depth once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from jwt_auth_core.sessions.record import Decision, Record, decide
from jwt_auth_core.sessions.session import Session, Verdict
from jwt_auth_core.sessions.token import Presented
from jwt_auth_core.vocabulary import SessionId, UserId

SESSION = SessionId("ab" * 16)
BEGIN, IDLE, MAX_AGE = 1_000, 60, 200
W = TypeVar("W")
ACCEPTED = {Verdict.OK, Verdict.RESYNC}


def digest(number: int) -> bytes:
    """Return the digest of the token with this number."""
    return number.to_bytes(32, "big")


FIRST = Presented(SESSION, 0, digest(1), digest(0))


@dataclass(frozen=True)
class World:
    """The record, every token that was ever handed out, and the time."""

    record: Record | None
    tokens: tuple[Presented, ...] = (FIRST,)
    now: int = BEGIN

    def judge(self, token: Presented) -> Decision:
        """Decide on a token, as a store would now."""
        return decide(self.record, token, now=self.now, idle_seconds=IDLE)

    def make_child(self, of: Presented) -> Presented:
        """Return the child that the application makes next."""
        return Presented(SESSION, of.generation + 1, digest(len(self.tokens) + 1), of.digest)

    def present(self, token: Presented) -> tuple[Decision, World]:
        """Present a token; on success one more token is in somebody's hands."""
        decision = self.judge(token)
        made = (self.make_child(token),) if decision.verdict in ACCEPTED else ()
        return decision, replace(self, record=decision.record, tokens=self.tokens + made)

    def later(self, seconds: int) -> World:
        """Let time pass."""
        return replace(self, now=self.now + seconds)


def begin() -> World:
    """Return the world after a login."""
    session = Session(SESSION, UserId("u"), BEGIN, BEGIN, BEGIN, BEGIN + MAX_AGE)
    return World(Record(session, FIRST.digest, confirmed_at=BEGIN))


def reached(start: W, moves: Callable[[W], Iterable[W]], *, depth: int) -> Iterator[W]:
    """Yield every world that some sequence of at most ``depth`` moves leads to, once each."""
    seen, edge = {start}, [start]
    yield start
    for _ in range(depth):
        fresh = {world for place in edge for world in moves(place)} - seen
        yield from fresh
        seen |= fresh
        edge = list(fresh)


def lineage(record: Record | None) -> tuple[object, ...] | None:
    """Return what presenting a token twice must leave alike (I6)."""
    if record is None:
        return None
    return (record.current, record.generation, record.previous, record.confirmed_at, record.ended_reason)
