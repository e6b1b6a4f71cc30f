"""Known waits: while a wait lasts it is told from memory, and never for longer than the store would."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.rate_limits import (
    FallbackLimits,
    MemoryLimits,
    RateLimitedError,
    RateLimits,
    Rule,
    parse_rates,
)
from jwt_auth_core.rate_limits.known_waits import ASK_AGAIN_SECONDS, KnownWaits
from jwt_auth_core.rate_limits.rate import MICROSECONDS, Backoff, Rate
from jwt_auth_core.rate_limits.rule import Take
from tests.processes import in_children

TWO = Rule("failures", parse_rates("2/minute"), group="login")
TEN = Rule("login", parse_rates("10/minute"), group="login")
ADA, BOB = Take(TWO, "ada"), Take(TWO, "bob")


@dataclass
class Far:
    """A store that says how often it was asked, by the time of the test; two may share their buckets."""

    seconds: list[float] = field(default_factory=lambda: [1000.0])
    shared: MemoryLimits = field(default_factory=MemoryLimits)
    asked: int = 0
    before_answer: object = None

    def take(self, takes, *, now=None):
        self.asked += 1
        verdicts = self.shared.take(takes, now=self._now(now))
        if self.before_answer is not None:
            self.before_answer()
        return verdicts

    def give_back(self, taken, *, now=None):
        self.shared.give_back(taken, now=self._now(now))

    def forget(self, takes):
        self.shared.forget(takes)

    def close(self):
        self.asked = -1

    def _now(self, now):
        return int(self.seconds[0] * MICROSECONDS) if now is None else now


@pytest.fixture
def far():
    """Return a store that takes a trip."""
    return Far()


def remembered(far, **options):
    """Return the same with a memory, by the same clock."""
    return KnownWaits(far, monotonic=lambda: far.seconds[0], **options)


def exhausted(store, take=ADA, count=3):
    """Use a bucket up, and be refused; return the verdicts of that."""
    return [store.take([take]) for _ in range(count)][-1]


def allowed(store, *takes):
    """Tell whether it goes."""
    return all(verdict.allowed for verdict in store.take(takes))


def test_who_waits_is_refused_without_a_trip(far):
    """By the same rate, and with the time that is left; whoever does not wait is asked about."""
    store = remembered(far)
    first = exhausted(store)
    far.seconds[0] += 0.9
    trips = far.asked
    (again,) = store.take([ADA])
    assert (far.asked, again.allowed, again.rate) == (trips, False, first[0].rate)
    assert (first[0].retry_after, again.retry_after, again.reset_after) == (30, 30, first[0].reset_after)
    assert allowed(store, BOB)


def test_one_known_wait_refuses_all_of_a_request(far):
    """As the store would, whoever else is counted with it."""
    store = remembered(far)
    exhausted(store)
    trips = far.asked
    (told,) = store.take([Take(TEN, "here"), ADA])
    assert (told.rule, told.allowed, far.asked) == (TWO, False, trips)
    assert store.take([Take(TEN, "here", cost=0)])[0].remaining == 10


def test_once_a_second_one_caller_asks(far):
    """Nobody else does meanwhile."""
    store, trips = remembered(far), 0
    exhausted(store)
    for second in range(5):
        far.seconds[0] += ASK_AGAIN_SECONDS
        trips = far.asked
        assert [allowed(store, ADA) for _ in range(4)] == [False] * 4
        assert far.asked == trips + 1, second


def test_others_are_told_while_one_asks(far):
    """Though its answer is not there yet."""
    store, told = remembered(far), []
    exhausted(store)
    far.seconds[0] += ASK_AGAIN_SECONDS
    trips, far.before_answer = far.asked, lambda: told.append(allowed(store, ADA))
    assert not allowed(store, ADA)
    assert (told, far.asked) == ([False], trips + 1)


def test_a_reset_here_is_known_at_once(far):
    """An operator's word, in the process that heard it."""
    store = remembered(far)
    exhausted(store)
    store.forget([ADA])
    assert allowed(store, ADA)


def test_a_reset_elsewhere_is_known_within_a_second(far):
    """By `jwt-auth rate-limits reset`, or in another worker."""
    store, other = remembered(far), remembered(Far(far.seconds, far.shared))
    exhausted(store)
    other.forget([ADA])
    far.seconds[0] += ASK_AGAIN_SECONDS
    assert [allowed(store, ADA) for _ in range(3)] == [True, True, False]


def test_a_wait_that_is_over_is_forgotten(far):
    """Whoever comes then is asked about, as often as it comes."""
    store = remembered(far)
    exhausted(store)
    far.seconds[0] += 60
    assert [allowed(store, ADA) for _ in range(3)] == [True, True, False]


def test_what_is_given_back_is_there_at_once(far):
    """Where it was no offence."""
    store = remembered(far)
    verdicts = store.take([ADA])
    assert [allowed(store, ADA), allowed(store, ADA)] == [True, False]
    store.give_back([verdicts[0].taken])
    assert allowed(store, ADA)


def test_a_refusal_of_before_something_was_given_back_is_not_remembered(far):
    """Though it is heard of afterwards."""
    store = remembered(far)
    (verdict,) = store.take([ADA])
    store.take([ADA])
    far.before_answer = lambda: store.give_back([verdict.taken])
    assert not allowed(store, ADA)
    far.before_answer = None
    assert allowed(store, ADA)


@pytest.mark.parametrize("rates", ["2/minute", "2/second"])
def test_it_never_refuses_for_longer_than_the_store(far, rates):
    """At any moment both say the same of the same bucket."""
    take = Take(Rule("failures", parse_rates(rates)), "ada")
    store = remembered(far)
    for _ in range(400):
        far.seconds[0] += 0.13
        expected = far.shared.take([take], now=int(far.seconds[0] * MICROSECONDS))
        if expected[0].taken:
            far.shared.give_back([expected[0].taken], now=int(far.seconds[0] * MICROSECONDS))
        assert allowed(store, take) is expected[0].allowed


def test_what_costs_less_may_go(far):
    """Of a refusal of much nothing follows for little."""
    store = remembered(far)
    store.take([Take(TWO, "ada")])
    assert not allowed(store, Take(TWO, "ada", cost=2))
    assert allowed(store, ADA)


def test_memory_is_bounded(far):
    """The newest are remembered; the others are asked about."""
    store = remembered(far, most=2)
    for name in ("ada", "bob", "eve"):
        exhausted(store, Take(TWO, name))
    trips = far.asked
    assert not any(allowed(store, Take(TWO, name)) for name in ("bob", "eve", "ada"))
    assert far.asked == trips + 1


def test_whoever_names_the_time_is_answered_by_the_store(far):
    """Tests do, and applications' tests with a clock that they shift."""
    store = remembered(far)
    exhausted(store)
    assert store.take([ADA], now=int(5000 * MICROSECONDS))[0].allowed


def test_a_waiting_account_is_refused_from_memory(far):
    """Whatever the address; and each refusal is noted all the same."""
    noted = []
    notes = SimpleNamespace(note=lambda refused: noted.append(refused.rule))
    rule = Rule("account", [Rate(1, 60, backoff=Backoff(60, 3600))], group="login")
    rules, store = {"account": rule, "login": TEN}, FallbackLimits(remembered(far))
    limits = RateLimits(store, rules, PreparedMac(b"key"), refusals=notes)
    limits.check_all({"account": "ada", "login": "address 0"})
    for number in range(3):
        with pytest.raises(RateLimitedError) as caught:
            limits.check_all({"account": "ada", "login": f"address {number}"})
        assert caught.value.retry_after == 60
    assert (noted, far.asked) == (["account"] * 3, 2)


def test_a_child_begins_without(far):
    """And with a lock of its own (F-28)."""
    store = remembered(far)
    exhausted(store)

    def work(_number):
        trips = far.asked
        assert not allowed(store, ADA)
        assert far.asked == trips + 1

    assert in_children(1, work) == [0]


def test_closing_goes_through(far):
    """To what is behind it."""
    remembered(far).close()
    assert far.asked == -1
