"""Hypothesis against one store: clients, a thief, lost responses, a restored backup, a clock that jumps.

The pure rule runs beside the store, step by step; the named invariants are checked on both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
)

from jwt_auth_core.sessions.record import Record, decide, opened
from jwt_auth_core.sessions.session import Accepted, Verdict
from jwt_auth_core.sessions.token import Presented
from tests.contracts.rigs import IDLE, MAX_AGE, START, Rig, child, lineage_of

ACCEPTED = {Verdict.OK, Verdict.RESYNC}


class Sessions(RuleBasedStateMachine):
    """One session on one store; ``machine_on`` names the store."""

    rig: ClassVar[Rig]
    tokens = Bundle("tokens")

    @initialize(target=tokens)
    def login(self) -> Presented:
        self.rig.clock.now = START
        new, first = self.rig.new()
        self.rig.store.open(new)
        self.record: Record | None = opened(new, now=START, max_age_seconds=MAX_AGE)
        self.cookie = first
        self.turns = 0
        self.backups: list[tuple[Record | None, object]] = []
        self.spotless = True  # no thief so far, no lost state, no clock set back
        return first

    @rule(target=tokens, lost=st.booleans(), doubled=st.booleans())
    def honest_refresh(self, *, lost: bool, doubled: bool) -> Presented:
        """One client, one refresh; the request may arrive twice, the response never."""
        told = [self.present(self.cookie)] if not doubled else self.present_all([self.cookie] * 2)
        if self.spotless:
            assert not {*told} & {Verdict.REUSE, Verdict.SUPERSEDED}  # I1
        if not ACCEPTED & {*told}:
            return multiple()
        made = child(self.cookie)
        self.cookie = self.cookie if lost else made
        return made

    @rule(target=tokens)
    def parallel_tabs(self) -> Presented:
        """Two tabs at once; the cookie jar keeps the second answer."""
        told = self.present_all([self.cookie, self.cookie])
        if told != [Verdict.OK, Verdict.OK]:
            return multiple()
        left, self.cookie = child(self.cookie), child(self.cookie)
        return multiple(left, self.cookie)

    @rule(target=tokens, token=tokens)
    def thief(self, token: Presented) -> Presented:
        """Somebody presents any token that ever was."""
        self.spotless = False
        return child(token) if self.present(token) in ACCEPTED else multiple()

    @rule(batch=st.lists(tokens, max_size=5))
    def crowd(self, batch: list[Presented]) -> None:
        """Many tokens in one batch, in any order."""
        self.spotless = self.spotless and not batch
        self.present_all(batch)

    @rule(seconds=st.sampled_from([1, 5, 10, 11, IDLE - 1, IDLE]))
    def wait(self, seconds: int) -> None:
        self.rig.clock.now += seconds

    @rule(seconds=st.integers(1, 400))
    def clock_set_back(self, seconds: int) -> None:
        self.spotless = False
        self.rig.clock.now -= seconds

    @precondition(lambda self: self.record is not None)
    @rule()
    def backup(self) -> None:
        self.backups.append((self.record, self.rig.save(self.cookie.session_id)))

    @precondition(lambda self: self.backups)
    @rule(pick=st.integers(0, 100))
    def restore(self, pick: int) -> None:
        """An earlier state of the store comes back: I9."""
        pick %= len(self.backups)
        saved = self.backups[pick]
        del self.backups[pick + 1 :]  # those are of a future that no longer comes
        newest, alive = self.cookie, self.record
        self.spotless = False
        self.record = saved[0]
        self.rig.restore(newest.session_id, saved[1])
        goes_on = alive is not None and alive.ended_reason is None and self.verdict(newest, alive) in ACCEPTED
        if goes_on and saved[0].is_live(now=self.rig.clock.now, idle_seconds=IDLE):
            assert self.present(newest) in ACCEPTED

    @precondition(lambda self: self.turns > 10)  # after the end there is little left to see
    @rule(reason=st.sampled_from(["logout", "disabled"]))
    def end(self, reason: str) -> None:
        self.rig.store.end(self.cookie.session_id, reason)
        if self.record is not None:
            self.record = self.record.ended(reason, now=self.rig.clock.now)
        self.compare()

    def verdict(self, token: Presented, record: Record | None) -> Verdict:
        return decide(record, token, now=self.rig.clock.now, idle_seconds=IDLE).verdict

    def present(self, token: Presented) -> Verdict:
        (verdict,) = self.present_all([token])
        return verdict

    def present_all(self, batch: list[Presented]) -> list[Verdict]:
        self.turns += 1
        expected = [self.step(token) for token in batch]
        told = self.rig.store.rotate(batch)
        assert [one.verdict for one in told] == expected
        assert all(isinstance(one, Accepted) == (one.verdict in ACCEPTED) for one in told)
        self.compare()
        return expected

    def step(self, token: Presented) -> Verdict:
        before = self.record
        decision = decide(before, token, now=self.rig.clock.now, idle_seconds=IDLE)
        self.record = decision.record
        self.check(before, token, decision.verdict)
        return decision.verdict

    def check(self, before: Record | None, token: Presented, verdict: Verdict) -> None:
        after = self.record
        if before is not None and after is not None:
            assert after.generation >= before.generation  # I5
            assert after.session.ends_at == before.session.ends_at
            assert before.ended_reason in {None, after.ended_reason}
        if verdict is Verdict.OK:
            assert before is not None
            assert before.current in (token.digest, token.parent)  # I2
        if verdict in ACCEPTED:
            again = decide(after, token, now=self.rig.clock.now, idle_seconds=IDLE)
            assert (again.verdict, again.record) == (Verdict.OK, after)  # I6

    def compare(self) -> None:
        """The store holds what the rule says."""
        assert self.rig.lineage(self.cookie.session_id) == lineage_of(self.record)

    def teardown(self) -> None:
        """I11: once it is ended, nothing is accepted; here and in the store."""
        if self.record is not None and self.record.ended_reason is not None:
            spent = [self.cookie, child(self.cookie), replace(self.cookie, generation=2**32 - 1)]
            assert set(self.rig.rotate(*spent)) == {Verdict.REVOKED}


def machine_on(rig: Rig) -> type[RuleBasedStateMachine]:
    """Return the machine of one store."""
    return type("SessionsOnStore", (Sessions,), {"rig": rig})
