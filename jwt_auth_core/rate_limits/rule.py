"""Rule, take and verdict: what is asked of a store of limits, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field, replace
from typing import Final

from jwt_auth_core.errors import AuthError
from jwt_auth_core.events.refused import Refused
from jwt_auth_core.rate_limits.gcra import State
from jwt_auth_core.rate_limits.rate import MOST_COUNT, Rate
from jwt_auth_core.records import dataclass

_NAME: Final = re.compile("[a-z0-9]+([_.-][a-z0-9]+)*", re.ASCII)
_KEY: Final = re.compile("[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """A name, and the rates that all hold for each key of it; without a rate it limits nothing.

    Buckets are named after rule *and* rate: no other rule ever meets them, nor this one with another rate.

    Attributes:
        group: rules that are judged together have one in common: a cluster keeps what is of one group on one
            server, what is of none all over.

    Raises:
        ValueError: the name or the group has other than lower-case letters, digits, ``_``, ``.`` and ``-``.
    """

    name: str
    rates: Sequence[Rate]
    group: str | None = None
    prefixes: tuple[str, ...] = field(init=False, repr=False, compare=False)
    suffix: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for word in (self.name, self.group):
            if word is not None and not _NAME.fullmatch(word):
                raise ValueError("rules and groups are named in lower-case letters, digits, '_', '.' and '-'")
        object.__setattr__(self, "rates", tuple(self.rates))
        # What stands in the first braces decides which server of a cluster has it.
        opening, closing = ("{", "}") if self.group is None else (f"{{{self.group}}}", "")
        object.__setattr__(self, "prefixes", tuple(f"{self.name}:{rate}:{opening}" for rate in self.rates))
        object.__setattr__(self, "suffix", closing)

    def times(self, factor: int) -> Rule:
        """Return the rule with so many times its rates; with 1 the same."""
        if factor == 1:
            return self
        rates = [replace(rate, count=min(rate.count * factor, MOST_COUNT)) for rate in self.rates]
        return replace(self, rates=rates)

    def buckets(self, key: str) -> list[str]:
        """Return the name of a key's bucket for each rate."""
        return [prefix + key + self.suffix for prefix in self.prefixes]


@dataclass(frozen=True, slots=True)
class Take:
    """So many of a key by a rule; stores see digests as keys, never addresses (LOG-1).

    Raises:
        ValueError: the key is no digest in base64url, or the cost is negative.
    """

    rule: Rule
    key: str
    cost: int = 1

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError("a store of limits takes digests as keys: 1 to 64 characters of base64url")
        if self.cost < 0:
            raise ValueError("a cost is a whole number, and 0 only looks")


@dataclass(slots=True)  # made for each bucket of a request, as verdicts are: frozen ones take thrice as long
class Taken:
    """What a store has to know to give a take back: the bucket before and after, the cost in microseconds.

    ``is_local`` says that the store of all was down, and the take one of this process alone.
    """

    bucket: str
    before: State
    after: State
    amount: int
    is_local: bool = False


@dataclass(slots=True)
class Verdict:
    """What one rate of one rule says of a request.

    Attributes:
        allowed: whether this rate would let it go; the request goes when all of them do.
        remaining: how many more would go now.
        retry_after: whole seconds until the same may go; 0 where it goes.
        reset_after: whole seconds until all is there again; None where nothing is missing.
        taken: what was taken; None when nothing was.
        wait_microseconds: until the same may go, exactly; 0 where it goes.
    """

    rule: Rule
    rate: Rate
    allowed: bool
    remaining: int
    retry_after: int
    reset_after: int | None
    taken: Taken | None = None
    wait_microseconds: int = 0


class RateLimitedError(AuthError):
    """Raised when a limit is used up; nothing was done, and the same may go in ``retry_after`` seconds."""

    code = "rate_limited"

    def __init__(self, verdicts: Sequence[Verdict], refused: Sequence[Refused] = ()) -> None:
        refusals = [verdict for verdict in verdicts if not verdict.allowed]
        self.verdicts = tuple(verdicts)
        self.refused = tuple(refused)
        self.retry_after = max((verdict.retry_after for verdict in refusals), default=1)
        super().__init__(f"too many requests; try again in {self.retry_after} seconds")
