"""A message that has yet to reach somebody: its facts, who delivers it, and when it is tried again."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Final, Literal, Protocol

from jwt_auth_core.entropy import random_bytes
from jwt_auth_core.errors import AuthError
from jwt_auth_core.records import dataclass

WAITS_SECONDS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""How long the next attempt is put off after each that failed: the schedule of Standard Webhooks 1.0."""

MOST_ATTEMPTS: Final = len(WAITS_SECONDS) + 1
"""After so many, within three and a half days, a message is dead."""

LONGEST_WAIT_SECONDS: Final = WAITS_SECONDS[-1]
"""How long a recipient may ask us to wait."""

State = Literal["waiting", "sending", "dead"]

_JITTER: Final = 0.2
_RANDOM_BYTES: Final = 10


class MessageNotFoundError(AuthError):
    """Raised when the outbox has no message with an id, or it is on its way at this moment."""

    code = "message_not_found"

    def __init__(self, message_id: str) -> None:
        super().__init__(f"no such message waits or is dead: {message_id!a}")


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed to whoever delivers it; ``attempts`` counts this one.

    ``id`` stays the same however often it is sent, so that the recipient tells a repetition. ``facts`` are
    what JSON has, never a text to be read or a token: those are made of them when it is sent.
    """

    id: str
    kind: str
    recipient: str
    facts: Mapping[str, object]
    created_at: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message was not delivered: ``error`` is a stable snake_case code of ours.

    ``retry_after_seconds`` is what the recipient asked for. ``is_final``: no other attempt would help.
    ``is_down``: nobody would take another message of this kind either, until some time has gone by.
    """

    error: str
    retry_after_seconds: int | None = None
    is_final: bool = False
    is_down: bool = False


class Needless(Enum):
    """A message that nobody needs any more: it goes, and says nothing of whether others get through."""

    NEEDLESS = auto()


NEEDLESS: Final = Needless.NEEDLESS


class Deliver(Protocol):
    """Delivers the messages of one kind, in the outbox's own thread."""

    def __call__(self, message: Message) -> Failure | Needless | None:
        """Return why it failed, None when it did not, `NEEDLESS` when there was nothing to do.

        It takes at most `outbox.courier.LONGEST_SECONDS`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as an operator sees it; ``due_at`` is the next attempt, or the end of this one's lease."""

    message: Message
    state: State
    due_at: int
    error: str | None


def new_id(nanoseconds: int, entropy: Callable[[int], bytes] = os.urandom) -> str:
    """Return an id that nobody guesses, and that is greater than those of earlier moments.

    Raises:
        UnavailableError: the system gives no random bytes.
    """
    return f"msg_{nanoseconds // 1000:014x}{random_bytes(_RANDOM_BYTES, entropy).hex()}"


def wait_seconds(attempts: int, *, asked_seconds: int | None, random: float) -> int | None:
    """Return how long to wait after the attempt of this number failed; None when there is no other.

    Up to a fifth more or less than planned (``random`` is from 0 to 1), so that what failed together does
    not come back together. A recipient that asked for a time gets it, within the bounds of the plan.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    if asked_seconds is not None:
        return min(max(asked_seconds, WAITS_SECONDS[0]), LONGEST_WAIT_SECONDS)
    planned = WAITS_SECONDS[attempts - 1]
    return round(planned * (1 - _JITTER + 2 * _JITTER * random))
