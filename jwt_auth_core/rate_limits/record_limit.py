"""A rule whose buckets stand in somebody else's record, and change in one step with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from jwt_auth_core.events.refused import Refused, Whose
from jwt_auth_core.rate_limits.bucket import Asked, settle
from jwt_auth_core.rate_limits.gcra import State, judge
from jwt_auth_core.rate_limits.rule import RateLimitedError, Rule
from jwt_auth_core.records import dataclass

Counts = Mapping[str, int]
"""Of each rate, by its name: when the bucket is full again, in microseconds."""


@dataclass(frozen=True, slots=True)
class RecordLimit:
    """Judges by what a record keeps; the record's store is what makes that one step.

    Raises:
        ValueError: a rate of the rule has a back-off, of which a record keeps no strikes.
    """

    rule: Rule
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if any(rate.backoff is not None for rate in self.rule.rates):
            raise ValueError("a limit in a record has no back-off")
        object.__setattr__(self, "names", tuple(map(str, self.rule.rates)))

    def counted(self, counts: Counts, at: int) -> Counts | None:
        """Return what is to be kept when one more goes ``at`` a time; None when it does not go."""
        kept: dict[str, int] = {}
        for name, rate in zip(self.names, self.rule.rates, strict=True):
            judged = judge(State(counts.get(name, 0)), rate, 1, at)
            if not judged.allowed:
                return None
            kept[name] = judged.after.full_at
        return kept

    def words(self) -> tuple[str | int, ...]:
        """Return what a script has to know: of each rate its name, its interval and its count."""
        rates = zip(self.names, self.rule.rates, strict=True)
        return tuple(word for name, rate in rates for word in (name, rate.interval, rate.count))

    def refused(self, key: str, whose: Whose) -> Refused:
        """Return what is to be written down of one that did not go."""
        seconds = max(rate.seconds for rate in self.rule.rates)
        return Refused(rule=self.rule.name, key=key, seconds=seconds, whose=whose)

    def refusal(self, counts: Counts, at: int) -> RateLimitedError:
        """Return the error of one that did not go, by what was kept then."""
        rates = zip(self.names, self.rule.rates, strict=True)
        asking = [Asked(name, self.rule, rate, 1) for name, rate in rates]
        states = [State(counts.get(name, 0)) for name in self.names]
        return RateLimitedError(settle(asking, states, at).verdicts)
