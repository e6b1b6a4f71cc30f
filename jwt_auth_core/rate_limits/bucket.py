"""Buckets: what a request's takes are to a store, and what their states say of the request."""

from __future__ import annotations

from collections.abc import Sequence

from jwt_auth_core.rate_limits.gcra import Judgement, State, judge
from jwt_auth_core.rate_limits.rate import MICROSECONDS, Rate
from jwt_auth_core.rate_limits.rule import Rule, Take, Taken, Verdict
from jwt_auth_core.records import dataclass


@dataclass(slots=True)  # made for each rate of a request: filling a frozen one takes three times as long
class Asked:
    """How much is asked of one bucket; all rates of all takes are such."""

    bucket: str
    rule: Rule
    rate: Rate
    cost: int


def asked(takes: Sequence[Take]) -> list[Asked]:
    """Return what the takes ask, in their order.

    Raises:
        ValueError: the same key is taken twice by one rule, or rules of several groups are judged together.
    """
    if len(takes) > 1:
        takes = [take for take in takes if take.rule.rates]
        _refuse_unfit(takes)
    return [
        Asked(bucket, take.rule, rate, take.cost)
        for take in takes
        for bucket, rate in zip(take.rule.buckets(take.key), take.rule.rates, strict=True)
    ]


def _refuse_unfit(takes: Sequence[Take]) -> None:
    groups = {take.rule.group for take in takes}
    if len(groups) > 1 or (len(takes) > 1 and groups == {None}):
        raise ValueError("rules that are judged together need one group that they share")
    if len({(take.rule.name, take.key) for take in takes}) < len(takes):
        raise ValueError("a rule takes each key once a request; give that take its cost")


@dataclass(slots=True)
class Settled:
    """What is said of a request, and what a store has to keep for it: nothing, when anything refused."""

    verdicts: list[Verdict]
    kept: dict[str, State]


def settle(asking: Sequence[Asked], states: Sequence[State], now: int) -> Settled:
    """Judge all that is asked as one: if any bucket refuses, nothing is taken from the others."""
    judged = [judge(state, one.rate, one.cost, now) for one, state in zip(asking, states, strict=True)]
    if all(judgement.allowed for judgement in judged):
        taken = list(map(_taken, asking, states, judged))
        kept = {one.bucket: one.after for one in taken if one is not None}
        return Settled(list(map(_verdict, asking, judged, taken)), kept)
    looks = [
        judge(state, one.rate, 0, now) if judgement.allowed else judgement
        for one, state, judgement in zip(asking, states, judged, strict=True)
    ]
    return Settled([_verdict(one, look, None) for one, look in zip(asking, looks, strict=True)], {})


def _taken(one: Asked, before: State, judgement: Judgement) -> Taken | None:
    if not one.cost:
        return None
    return Taken(one.bucket, before, judgement.after, one.cost * one.rate.interval)


def _verdict(one: Asked, judgement: Judgement, taken: Taken | None) -> Verdict:
    return Verdict(
        one.rule,
        one.rate,
        judgement.allowed,
        judgement.remaining,
        _seconds(judgement.retry_after),
        _seconds(judgement.reset_after) or None,
        taken,
        judgement.retry_after,
    )


def _seconds(microseconds: int) -> int:
    return -(-microseconds // MICROSECONDS)
