"""Hypothesis against a whole application: two tabs, a lossy network, a thief, a clock.

The oracle knows only what a client could know: which token is the child of which, and which was
accepted last. `machine_on` names the world.
"""

from __future__ import annotations

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, precondition, rule

from jwt_auth_core.sessions.token import Presented
from tests.end_to_end.schedules import GRACE_SECONDS, seen
from tests.end_to_end.world import Answer, World


class Browsers(RuleBasedStateMachine):
    """One session over HTTP, in honest and in other hands."""

    world: ClassVar[World]
    tokens = Bundle("tokens")

    @initialize(target=tokens)
    def login(self) -> str:
        self.cookie = self.world.login()
        self.current: Presented = seen(self.cookie)
        self.confirmed = self.world.clock.now
        self.asked: list[str] = []
        self.answers: list[str] = []
        self.stolen: str | None = None
        self.over = False
        self.spotless = True  # nobody but the browser has presented anything
        return self.cookie

    @rule()
    def tab_asks(self) -> None:
        """A tab sends the cookie, and gives up on what an older cookie would bring."""
        now = seen(self.cookie)
        self.asked = [one for one in self.asked if seen(one).digest in (now.digest, now.parent)][-1:]
        self.answers = [one for one in self.answers if seen(one).parent == now.digest]
        self.asked.append(self.cookie)

    @precondition(lambda self: self.asked)
    @rule(target=tokens, which=st.integers(0, 1), twice=st.booleans(), lost=st.booleans())
    def request_arrives(self, which: int, *, twice: bool, lost: bool) -> str:
        """A request arrives, perhaps twice at the same moment; its answers are under way or lost."""
        token = self.asked.pop(which % len(self.asked))
        answers = self.world.posts(*[token] * (1 + twice))
        for answer in answers:
            self.judge(token, answer)
        if self.spotless:
            assert {answer.status for answer in answers} <= {200, 409}  # I1
        made = [answer.cookie for answer in answers if answer.cookie]
        if token == self.cookie and not lost:
            self.answers += made
        return multiple(*made)

    @precondition(lambda self: self.answers)
    @rule(which=st.integers(0, 3), again=st.booleans())
    def answer_arrives(self, which: int, *, again: bool) -> None:
        """An answer arrives, in any order, perhaps to arrive once more."""
        which %= len(self.answers)
        self.cookie = self.answers[which] if again else self.answers.pop(which)

    @precondition(lambda self: self.asked)
    @rule()
    def request_is_lost(self) -> None:
        self.asked.pop()

    @rule(seconds=st.sampled_from([1, GRACE_SECONDS, GRACE_SECONDS + 1, 3600]))
    def time_passes(self, seconds: int) -> None:
        """Requests under way do not outlive the grace: those could as well be a thief's."""
        self.world.clock.now += seconds
        self.asked.clear()

    @rule(token=tokens)
    def thief_takes(self, token: str) -> None:
        """Somebody copies any token that ever was."""
        self.stolen = token

    @precondition(lambda self: self.stolen)
    @rule(target=tokens)
    def thief_asks(self) -> str:
        """The thief presents what it holds, and holds what it gets."""
        assert self.stolen
        self.spotless = False
        answer = self.world.present(self.stolen)
        self.judge(self.stolen, answer)
        self.stolen = answer.cookie or self.stolen
        return answer.cookie or multiple()

    @rule(batch=st.lists(tokens, min_size=1, max_size=4))
    def crowd(self, batch: list[str]) -> None:
        """Many hands at the same moment; the order is the server's."""
        self.spotless = False
        answers = self.world.posts(*batch)
        self.over = self.over or any(one.code == "refresh_reused" for one in answers)
        for token, answer in sorted(zip(batch, answers, strict=True), key=lambda pair: not pair[1].accepted):
            if answer.accepted:
                self.judge(token, answer)

    @precondition(lambda self: not self.spotless)
    @rule()
    def logout(self) -> None:
        """The owner logs out: nothing of the session is accepted any more."""
        self.world.logout(self.cookie)
        self.over = True

    def judge(self, token: str, answer: Answer) -> None:
        """Hold one answer against what a client may expect."""
        one, now = seen(token), self.world.clock.now
        belongs = self.current.digest in (one.digest, one.parent)
        if self.over:
            assert (answer.status, answer.code) == (401, "session_revoked")  # I11, RF-06
            return
        assert answer.accepted == belongs, (answer, one)  # I2
        if answer.accepted and one.digest != self.current.digest:
            self.current, self.confirmed = one, now
        if not belongs and now > self.confirmed + GRACE_SECONDS:
            assert answer.code == "refresh_reused"  # I4
        self.over = answer.code == "refresh_reused"

    def teardown(self) -> None:
        """The browser's cookie is good for a refresh, unless others have meddled."""
        if self.spotless:
            assert self.world.present(self.cookie).accepted  # I1


def machine_on(world: World) -> type[RuleBasedStateMachine]:
    """Return the machine of one world."""
    return type("BrowsersOnWorld", (Browsers,), {"world": world})
