"""The fair queue: whose turn it is, who has most, and that it agrees with a slow model of itself."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jwt_auth_asgi.executors.fair_queue import FairQueue

OWNERS = "abcd"
ROUND = 5


def filled(*owners, round_length=100):
    """Return a queue with an item for each owner named, numbered in this order."""
    queue = FairQueue(round_length=round_length)
    for number, owner in enumerate(owners):
        queue.put(owner, f"{owner}{number}")
    return queue


def emptied(queue):
    """Return all that waits, in the order of its turns."""
    return [queue.take() for _ in range(len(queue))]


def test_owners_take_turns():
    """However many items one owner has put in before, the others are served between them."""  # PW-06
    assert emptied(filled(*"aaaabbc")) == ["a0", "b4", "c6", "a1", "b5", "a2", "a3"]


def test_a_newcomer_is_next():
    """Who comes while an owner of many is being served goes before that owner's next."""  # PW-06
    queue = filled(*"aaa")
    assert queue.take() == "a0"
    queue.put("b", "b")
    assert emptied(queue) == ["b", "a1", "a2"]


def test_coming_again_is_no_short_cut():
    """Who leaves nothing waiting, and then comes again, has had the turn of this round."""
    queue = filled(*"aab")
    assert [queue.take(), queue.take()] == ["a0", "b2"]
    queue.put("b", "again")
    assert emptied(queue) == ["a1", "again"]


def test_newcomers_do_not_starve_those_who_had_their_turn():
    """A round ends after so many turns, though new owners come without end."""
    queue, served = filled(*"aa", round_length=3), []
    for number in range(10):
        served.append(queue.take())
        queue.put(f"new{number}", f"new{number}")
    assert served.index("a1") == 3


def test_who_skips_its_turn_has_it_later():
    """After all others of the round, or of the next where it is alone in this one; alone it has none."""
    queue = filled(*"aabc")
    assert [queue.take(skipping="a") for _ in range(3)] == ["b2", "c3", None]
    queue.put("b", "again")
    assert queue.take(skipping="a") == "again"
    assert emptied(queue) == ["a0", "a1"]


def test_an_empty_queue_gives_nothing():
    """Without items there is no turn, and nobody who has most."""
    queue = FairQueue(round_length=1)
    assert queue.take() is None
    with pytest.raises(IndexError, match="nothing waits"):
        queue.take_from_largest()


def test_the_newest_of_the_largest_gives_way():
    """It is an owner of most items who loses one, and the one that came last."""  # PW-06
    queue = filled(*"abbbaac")
    assert queue.take_from_largest() == "a5"
    assert queue.take_from_largest() == "b3"
    assert len(queue) == 5


@pytest.mark.parametrize(("owner", "is_outdone"), [("a", False), ("b", False), ("c", True), ("d", True)])
def test_only_who_stays_below_the_largest_is_made_room_for(owner, is_outdone):
    """Of two who would only change places none gives way."""
    assert filled(*"aaabbc").is_outdone(owner) is is_outdone


def test_what_was_removed_has_no_turn():
    """An item that nobody waits for is gone at once; a second time it is not found."""
    queue = filled(*"aab")
    assert queue.remove("a", "a0")
    assert not queue.remove("a", "a0")
    assert not queue.remove("z", "a0")
    assert emptied(queue) == ["a1", "b2"]


@given(st.lists(st.sampled_from(OWNERS), max_size=60))
def test_nobody_has_two_turns_while_another_waits_for_one(owners):
    """Between two items of one owner, everybody who still has some after them was served."""
    order = [item[0] for item in emptied(filled(*owners))]
    for place, owner in enumerate(order):
        again = order.index(owner, place + 1) if owner in order[place + 1 :] else place
        between, later = set(order[place + 1 : again]), set(order[again + 1 :]) - {owner}
        assert again == place or later <= between | set(order[:place])


class AgainstAModel(RuleBasedStateMachine):
    """The queue, and a list of (round, number of coming, owner, item) that is searched from end to end."""

    def __init__(self):
        super().__init__()
        self.queue = FairQueue(round_length=ROUND)
        self.waiting, self.places, self.served = [], {}, []
        self.round, self.numbers = 0, count()

    def of(self, owner):
        return [item for one, item in self.waiting if one == owner]

    def counts(self):
        return {owner: len(self.of(owner)) for owner, _ in self.waiting}

    def begin_round(self, number):
        self.round, self.served = number, []

    def forget(self, owner, item):
        self.waiting.remove((owner, item))
        if not self.of(owner):
            del self.places[owner]
        if not self.waiting:
            self.begin_round(self.round + 1)

    @rule(owner=st.sampled_from([*OWNERS, *range(20)]).map(str))
    def put(self, owner):
        item = next(self.numbers)
        if not self.of(owner):
            late = owner in self.served or len(self.served) >= ROUND
            self.places[owner] = (self.round + late, item)
        self.waiting.append((owner, item))
        self.queue.put(owner, item)

    @rule()
    def take(self):
        found = self.queue.take()
        if not self.waiting:
            assert found is None
            return
        owner = min(self.places, key=self.places.__getitem__)
        if self.places[owner][0] > self.round:
            self.begin_round(self.places[owner][0])
        self.took(owner, found)

    def took(self, owner, found):
        assert found == self.of(owner)[0]
        self.served.append(owner)
        self.places[owner] = (self.round + 1, next(self.numbers))
        self.forget(owner, found)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def take_skipping(self, data):
        skipping = data.draw(st.sampled_from(sorted(self.places)))
        others = {owner: place for owner, place in self.places.items() if owner != skipping}
        found = self.queue.take(skipping=skipping)
        if not others:
            assert found is None
            return
        owner = min(others, key=others.__getitem__)
        if others[owner][0] > self.round:
            self.begin_round(others[owner][0])
        if self.places[skipping] < others[owner]:
            self.places[skipping] = (self.round, next(self.numbers))
        self.took(owner, found)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def remove(self, data):
        owner, item = data.draw(st.sampled_from(self.waiting))
        assert self.queue.remove(owner, item)
        assert not self.queue.remove(owner, item)
        self.forget(owner, item)

    @precondition(lambda self: self.waiting)
    @rule()
    def take_from_largest(self):
        found = self.queue.take_from_largest()
        counts = self.counts()
        owner = next(owner for owner, item in self.waiting if item == found)
        assert counts[owner] == max(counts.values())
        assert found == self.of(owner)[-1]
        self.forget(owner, found)

    @invariant()
    def agrees(self):
        counts = self.counts()
        assert len(self.queue) == len(self.waiting)
        for owner in OWNERS:
            most = max(counts.values(), default=0)
            assert self.queue.is_outdone(owner) == (counts.get(owner, 0) + 1 < most)

    @invariant()
    def keeps_no_more_than_waits(self):
        queue = self.queue
        assert queue._lines.keys() == self.counts().keys()
        assert sorted([*queue._now, *queue._next]) == sorted(self.counts())
        assert len(queue._served) <= ROUND + len(OWNERS) + 20


TestAgainstAModel = AgainstAModel.TestCase
