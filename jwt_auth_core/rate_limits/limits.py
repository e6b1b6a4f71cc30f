"""Limits: the group that flows, edges and applications ask, by the names of rules and by plain keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from jwt_auth_core.encoding import b64url_encode
from jwt_auth_core.events.refused import Refused, Whose
from jwt_auth_core.mac import PreparedMac
from jwt_auth_core.rate_limits.fallback import FallbackLimits
from jwt_auth_core.rate_limits.rate import Rate
from jwt_auth_core.rate_limits.rule import RateLimitedError, Rule, Take, Verdict
from jwt_auth_core.records import dataclass

DIGEST_BYTES: Final = 16
NOBODYS: Final = Whose()


class NotesRefusals(Protocol):
    """Writes refusals down."""

    def note(self, refused: Refused) -> None:
        """Note one, so that it is not lost once this returns; never raises."""
        ...

    def note_again(self, refused: Refused) -> None:
        """Note one more of a key that was refused a moment ago, without waiting for anything."""
        ...


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What is limited, and by how much; keys leave it as keyed digests alone (RL-2, LOG-1).

    Attributes:
        store: where it is counted.
        rules: those that are configured, by their names.
        mac: makes digests of keys; all processes need the same.
        is_on: False limits nothing, and counts nothing.
        refusals: who writes down what is refused.
    """

    store: FallbackLimits
    rules: Mapping[str, Rule]
    mac: PreparedMac
    is_on: bool = True
    refusals: NotesRefusals | None = None

    @property
    def is_in_memory(self) -> bool:
        """Tell whether a check waits for no store, so that an event loop may make it."""
        return self.store.is_in_memory

    def check(self, rule: str | Rule, key: str, *, cost: int = 1, whose: Whose = NOBODYS) -> list[Verdict]:
        """Count one more of a key, whatever text that is, and return how it stands; a cost of 0 looks.

        What is refused is written down, and ``whose`` it was.

        Raises:
            RateLimitedError: it is over the limit, and was not counted.
            ValueError: no rule has this name.
        """
        return self.check_takes([self.take(rule, key, cost=cost)], whose=whose)

    def check_all(self, keys: Mapping[str, str], *, times: int = 1, whose: Whose = NOBODYS) -> list[Verdict]:
        """Count one more by several rules of one group, each with its key; all of them, or none.

        Each may have so many ``times`` its rate: a key that stands for several has as much as they have.

        Raises:
            RateLimitedError: one of them is over its limit, and nothing was counted.
            ValueError: no rule has such a name, or they are of no one group.
        """
        takes = [self.take(rule, key, times=times) for rule, key in keys.items()]
        return self.check_takes(takes, whose=whose)

    def check_takes(self, takes: Sequence[Take], *, whose: Whose = NOBODYS) -> list[Verdict]:
        """Count what several takes of one group ask for; all of it, or nothing.

        Raises:
            RateLimitedError: one of them is over its limit, and nothing was counted.
            ValueError: they are of no one group.
        """
        if not self.is_on:
            return []
        verdicts = self.store.take(takes)
        if not all(verdict.allowed for verdict in verdicts):
            refused = _refused(takes, verdicts, whose)
            if self.refusals is not None:
                for one in refused:
                    self.refusals.note(one)
            raise RateLimitedError(verdicts, refused)
        return verdicts

    def note_again(self, error: RateLimitedError) -> None:
        """Note that somebody was refused again by what was known of him, without waiting for any store."""
        if self.refusals is not None:
            for one in error.refused:
                self.refusals.note_again(one)

    def take(self, rule: str | Rule, key: str, *, cost: int = 1, times: int = 1) -> Take:
        """Return what `check_takes` counts: so many of a key, whatever text that is, which is not in it.

        Raises:
            ValueError: no rule has this name.
        """
        digest = self.mac.digest(key.encode("utf-8", "surrogatepass"))
        return Take(self._rule(rule).times(times), b64url_encode(digest[:DIGEST_BYTES]), cost)

    def give_back(self, verdicts: Sequence[Verdict]) -> None:
        """Give back what was counted with these verdicts: it was no offence."""
        self.store.give_back([verdict.taken for verdict in verdicts if verdict.taken is not None])

    def limits(self, rule: str | Rule) -> Sequence[Rate]:
        """Return the rates of a rule; none means that it limits nothing.

        Raises:
            ValueError: no rule has this name.
        """
        return self._rule(rule).rates

    def reset(self, rule: str | Rule, key: str) -> None:
        """Forget what was counted of a key.

        Raises:
            UnavailableError: the store does not answer.
            ValueError: no rule has this name.
        """
        self.store.forget([self.take(rule, key)])

    def health(self) -> dict[str, object]:
        """Return whether anything is limited, and whether all processes count together."""
        return {"limits": "on" if self.is_on else "off", **self.store.health()}

    def close(self) -> None:
        """End what goes on in the background."""
        self.store.close()

    def _rule(self, rule: str | Rule) -> Rule:
        if isinstance(rule, Rule):
            return rule
        try:
            return self.rules[rule]
        except KeyError:
            known = ", ".join(sorted(self.rules)) or "none"
            raise ValueError(f"no limit is named {rule!r}; there are: {known}") from None


def _refused(takes: Sequence[Take], verdicts: Sequence[Verdict], whose: Whose) -> list[Refused]:
    """Return what was refused, each rule once: by the longest of its rates that did."""
    longest: dict[str, int] = {}
    for verdict in verdicts:
        if not verdict.allowed:
            name = verdict.rule.name
            longest[name] = max(longest.get(name, 0), verdict.rate.seconds)
    return [
        Refused(rule=take.rule.name, key=take.key, seconds=longest[take.rule.name], whose=whose)
        for take in takes
        if take.rule.name in longest
    ]
