"""The invariants of the protocol, in every world that a few moves lead to; pure, no store."""

from dataclasses import dataclass, replace
from functools import cache

import pytest

from jwt_auth_core.sessions.session import Verdict
from jwt_auth_core.sessions.token import Presented
from tests.sessions.model import ACCEPTED, FIRST, IDLE, World, begin, lineage, reached

GONE = {Verdict.EXPIRED, Verdict.UNKNOWN}
STEPS = (1, 11, IDLE)  # within the grace, past it, past the idle limit


def anything(world):
    """Move on: anybody presents any token ever made, somebody ends the session, or time passes."""
    for token in world.tokens:
        yield world.present(token)[1]
    yield from map(world.later, STEPS)
    if world.record:
        yield replace(world, record=world.record.ended("logout", now=world.now))


@cache
def worlds():
    """Return every world within six moves."""
    return tuple(reached(begin(), anything, depth=6))


def turns():
    """Yield every (world, token, decision, world afterwards) of those worlds."""
    for world in worlds():
        for token in world.tokens:
            yield world, token, *world.present(token)


def test_the_search_is_not_empty():
    """The worlds hold every verdict of the rule that needs no lost state; stores alone are busy, or limit."""
    verdicts = {decision.verdict for _, _, decision, _ in turns()}
    assert verdicts == set(Verdict) - {Verdict.RESYNC, Verdict.UNAVAILABLE, Verdict.BUSY, Verdict.LIMITED}
    assert len(worlds()) > 3_000


def test_one_lineage():
    """I2: accepted are exactly the current token and its children."""
    for world, token, decision, _ in turns():
        record = world.record
        if record and record.ended_reason is None and world.now < record.expires_at(IDLE):
            belongs = record.current in (token.digest, token.parent)
            assert (decision.verdict is Verdict.OK) == belongs


def test_what_fell_out_of_the_lineage_stays_out():
    """I2: a token that was refused once is never accepted in any later world."""
    for world, token, decision, after in turns():
        if decision.verdict not in ACCEPTED:
            for later in anything(after):
                assert later.judge(token).verdict not in ACCEPTED, (world, token)


def test_reuse_kills():
    """I4: after the grace, an older token of the lineage ends the session."""
    for world, token, decision, after in turns():
        record = world.record
        alive = record and record.ended_reason is None and world.now < record.expires_at(IDLE)
        past = alive and token.generation <= record.generation and token.digest != record.current
        if past and world.now > record.confirmed_at + 10:
            assert decision.verdict is Verdict.REUSE
            assert after.record.ended_reason == "reuse"


def test_nothing_goes_back():
    """I5: generations never fall, the ended and the expired never come back, the end never moves."""
    for world in worlds():
        for after in anything(world):
            if world.record is None:
                assert after.record is None
            elif after.record is None:
                assert world.now >= world.record.expires_at(IDLE)
            else:
                assert after.record.generation >= world.record.generation
                assert after.record.session.ends_at == world.record.session.ends_at
                assert world.record.ended_reason in (None, after.record.ended_reason)


def test_twice_is_once():
    """I6: presenting a token again changes no lineage, and what was accepted is accepted."""
    for _, token, decision, after in turns():
        again = after.judge(token)
        assert lineage(again.record) == lineage(after.record)
        if decision.verdict is Verdict.OK:
            assert again.verdict is Verdict.OK


def test_after_reuse_nobody_is_accepted():
    """I11: once reuse was answered, every token of the session is refused."""
    for _, _, decision, after in turns():
        if decision.verdict is Verdict.REUSE:
            assert {after.judge(token).verdict for token in after.tokens} == {Verdict.REVOKED}


@dataclass(frozen=True)
class Honest:
    """A browser with two tabs and one cookie; ``asked`` are requests under way, ``answers`` responses.

    What the protocol asks of a client: a tab that sends a newer token gives up on the responses it
    still waits for, as an aborted fetch does. The requests may reach the server all the same, but
    none after two later refreshes, or later than the grace: such a one could as well be a thief's.
    """

    world: World
    cookie: Presented = FIRST
    asked: tuple[Presented, ...] = ()
    answers: tuple[Presented, ...] = ()

    def moves(self):
        """Send, arrive (once or twice), answer (once or twice), lose, wait."""
        if len(self.asked) < 2:
            asked = tuple(one for one in self.asked if one.digest in (self.cookie.digest, self.cookie.parent))
            answers = tuple(one for one in self.answers if one.parent == self.cookie.digest)
            yield replace(self, asked=(*asked, self.cookie), answers=answers)
        for i, token in enumerate(self.asked):
            rest = self.asked[:i] + self.asked[i + 1 :]
            yield replace(self, asked=rest)
            decision, world = self.world.present(token)
            answers = self.answers
            if decision.verdict in ACCEPTED and token == self.cookie:
                answers = (*answers, world.tokens[-1])
            assert decision.verdict in {Verdict.OK, Verdict.SUPERSEDED, *GONE}, self
            yield replace(self, world=world, asked=rest, answers=answers)
            yield replace(self, world=world, answers=answers)
        for i, answer in enumerate(self.answers):
            rest = self.answers[:i] + self.answers[i + 1 :]
            yield replace(self, answers=rest)
            yield replace(self, cookie=answer, answers=rest)
            yield replace(self, cookie=answer)
        yield replace(self, world=self.world.later(1))
        if not self.asked:
            yield replace(self, world=self.world.later(11))


@pytest.mark.untraced
@pytest.mark.parametrize("depth", [8, pytest.param(10, marks=pytest.mark.slow)])
def test_losses_log_nobody_out(depth):
    """I1: whatever responses are lost, doubled or reordered, the stored token leads to ok."""
    # RF-02, RF-03
    for honest in reached(Honest(begin()), Honest.moves, depth=depth):
        assert honest.world.judge(honest.cookie).verdict in {Verdict.OK, *GONE}, honest


@dataclass(frozen=True)
class Pair:
    """Two holders of tokens of one session, who present in turn; ``wins`` counts their successes."""

    world: World
    hands: tuple[Presented, Presented]
    turn: int = 0
    wins: tuple[int, int] = (0, 0)
    over: bool = False

    def moves(self):
        """Present the newest token that one has; time may pass before."""
        if self.over:
            return
        for seconds in (0, 1, 11):
            decision, world = self.world.later(seconds).present(self.hands[self.turn])
            if decision.verdict in ACCEPTED:
                hands = tuple(world.tokens[-1] if i == self.turn else old for i, old in enumerate(self.hands))
                wins = tuple(won + (i == self.turn) for i, won in enumerate(self.wins))
                yield Pair(world, hands, 1 - self.turn, wins)
            else:
                yield replace(self, world=world, over=True)


def pairs():
    """Yield two holders with different tokens, both of the live lineage, from every young world."""
    for world in reached(begin(), anything, depth=5):
        fit = [token for token in world.tokens if world.judge(token).verdict in ACCEPTED]
        yield from (Pair(world, (left, right)) for left in fit for right in fit if left != right)


def test_a_fork_is_found():
    """I3: of two holders who present in turn, neither is served more than twice before one is refused."""
    # RF-05
    for start in set(pairs()):
        for pair in reached(start, Pair.moves, depth=8):
            assert max(pair.wins) <= 2, pair


def test_the_newest_goes_on_after_any_loss_of_state():
    """I9: whatever earlier record comes back, the holder of the newest token is accepted."""
    for world in reached(begin(), honest_chain, depth=14):
        newest = world.tokens[-1]
        for earlier in history(world):
            restored = replace(world, record=earlier)
            assert restored.judge(newest).verdict in ACCEPTED, (world, earlier)


def honest_chain(world):
    """Move on as one client without parallel tabs does."""
    yield world.present(world.tokens[-1])[1]
    yield world.later(1)


def history(world):
    """Yield every record that such a client's session ever had."""
    past = begin()
    yield past.record
    while past.tokens != world.tokens:
        past = past.present(past.tokens[-1])[1]
        yield past.record
