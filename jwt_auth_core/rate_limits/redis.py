"""Limits in Redis, Valkey, a cluster or behind sentinels: ``limit:<rule>:<rate>:{<digest>}``.

The value is when the bucket is full again, in microseconds; keys are gone by then. One script judges
all of a request.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from itertools import chain
from typing import Any, Final

from jwt_auth_core.database.redis import Client, Script
from jwt_auth_core.database.resp import Call, Word
from jwt_auth_core.rate_limits.bucket import Asked, asked, settle
from jwt_auth_core.rate_limits.gcra import UNTOUCHED, State
from jwt_auth_core.rate_limits.rate import MICROSECONDS
from jwt_auth_core.rate_limits.rule import Take, Taken, Verdict

ACL_RULES: Final = "~limit:* +evalsha +eval +del +get +mget +set +time"
"""What the Redis user of the sessions may do besides, for limits."""


class RedisLimits:
    """A `RateLimitStore` on a client made by ``database.redis.connect``.

    Time is the server's, as that is the one clock which all processes have in common.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._take, self._give_back, self._forget = map(_script, ("take.lua", "give_back.lua", "forget.lua"))

    def take(self, takes: Sequence[Take], *, now: int | None = None) -> list[Verdict]:
        """See `RateLimitStore.take`."""
        asking = asked(takes)
        if not asking:
            return []
        words = chain.from_iterable(map(_numbers, asking))
        at, *values = self._run(self._take, [one.bucket for one in asking], (_time(now), *words))
        return settle(asking, [_state(value) for value in values], int(at)).verdicts

    def give_back(self, taken: Sequence[Taken], *, now: int | None = None) -> None:
        """See `RateLimitStore.give_back`."""
        if taken:
            words = chain.from_iterable(map(_memories, taken))
            self._run(self._give_back, [one.bucket for one in taken], (_time(now), *words))

    def forget(self, takes: Sequence[Take]) -> None:
        """See `RateLimitStore.forget`."""
        if asking := asked(takes):
            self._run(self._forget, [one.bucket for one in asking], ())

    def close(self) -> None:
        """See `RateLimitStore.close`; the client is closed by whoever made it."""

    def _run(self, script: Script, buckets: Sequence[str], words: tuple[Word, ...]) -> Any:
        key, *further = [f"limit:{bucket}" for bucket in buckets]
        (reply,) = script.run(
            self._client, [Call(key, words, tuple(further))]
        )  # raises the error of an only call
        return reply


def _numbers(one: Asked) -> tuple[int, ...]:
    wait = one.rate.backoff
    waits = (0, 0) if wait is None else (wait.first_seconds, wait.longest_seconds)
    return (one.rate.interval, one.rate.count, one.cost, *(seconds * MICROSECONDS for seconds in waits))


def _memories(one: Taken) -> tuple[Word, ...]:
    return _text(one.before), _text(one.after), one.after.full_at, one.amount


def _time(now: int | None) -> Word:
    return "" if now is None else now


def _text(state: State) -> str:
    return f"{state.full_at} {state.strikes}" if state.strikes else str(state.full_at)


def _state(value: bytes | None) -> State:
    if value is None:
        return UNTOUCHED
    full_at, _, strikes = value.decode().partition(" ")
    return State(int(full_at), int(strikes or 0))


def _script(name: str) -> Script:
    return Script(resources.files("jwt_auth_core.rate_limits").joinpath(name).read_text("utf-8"))
