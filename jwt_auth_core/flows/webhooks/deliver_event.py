"""Deliver an event: make its body of the facts, sign it, post it, and say what the answer means."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Final, cast

from jwt_auth_core.outbox import Failure, Message
from jwt_auth_core.timestamp import timestamp
from jwt_auth_core.vocabulary import Clock
from jwt_auth_core.webhooks.post import Answer, Poster
from jwt_auth_core.webhooks.signature import Signer

OFF_SECONDS: Final = 3600.0
"""How long nothing is posted to who said that it is gone: what comes in that time is dead at once."""

GONE: Final = "gone"

_LOGGER: Final = logging.getLogger("jwt_auth.webhooks")
_OK: Final = range(200, 300)
_GONE: Final = 410
_DOWN: Final = frozenset([429, 502, 503, 504])
_DATA: Final = ("outcome", "user_id", "session", "reason")


class DeliverEvent:
    """Posts the outbox's webhooks to one URL; a class because it remembers that the other side is gone."""

    def __init__(
        self,
        poster: Poster,
        signer: Signer,
        *,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._poster = poster
        self._signer = signer
        self._clock = clock
        self._monotonic = monotonic
        self._off_until = -math.inf

    def __call__(self, message: Message) -> Failure | None:
        """Post it once; see `outbox.Deliver`."""
        if self._monotonic() < self._off_until:
            return Failure(GONE, is_final=True)
        body, at = body_of(message.facts), self._clock()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "jwt-auth",
            "webhook-id": message.id,
            "webhook-timestamp": str(at),
            "webhook-signature": self._signer.sign(message.id, at, body),
        }
        failure = _failure(self._poster.post(body, headers))
        if failure is not None and failure.is_final:
            self._off_until = self._monotonic() + OFF_SECONDS
            _LOGGER.error("the receiver of webhooks is gone (410); nothing is posted to it for an hour")
        return failure


def body_of(facts: Mapping[str, object]) -> bytes:
    """Return what is posted of an event: its type, when it happened, and what is known of it."""
    more = cast("Mapping[str, object]", facts.get("more", {}))
    client = {"address": facts["address"], "user_agent": facts["user_agent"]}
    body = {
        "type": facts["type"],
        "timestamp": timestamp(cast("int", facts["at"])),
        "data": {**more, **{name: facts[name] for name in _DATA}, "client": client},
    }
    return json.dumps(body, separators=(",", ":")).encode("ascii")


def _failure(answer: Answer) -> Failure | None:
    if answer.status is None:
        return Failure(answer.error or "unreachable", is_down=True)
    if answer.status in _OK:
        return None
    if answer.status == _GONE:
        return Failure(GONE, is_final=True)
    is_down = answer.status in _DOWN
    return Failure(f"http_{answer.status}", retry_after_seconds=answer.retry_after, is_down=is_down)
