"""Steps: work that says what it waits for, so that whoever runs it decides how to wait.

A thread waits for the socket itself (`run`); an event loop is told by its own selector, and nothing of
ours blocks it. A function of steps is a generator: ``result = yield from reading(...)``.
"""

from __future__ import annotations

import selectors
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from jwt_auth_core.records import dataclass

T = TypeVar("T")
P = ParamSpec("P")

_Selector: Final[type[selectors.BaseSelector]] = getattr(
    selectors,
    "PollSelector",
    selectors.SelectSelector,  # Windows has no poll
)


@dataclass(frozen=True, slots=True)
class WaitFd:
    """Wait until a file descriptor can be read (or written), at most ``seconds``; True when it can."""

    fileno: int
    seconds: float
    is_writing: bool = False

    def __call__(self) -> bool:
        """Wait in this thread."""
        event = selectors.EVENT_WRITE if self.is_writing else selectors.EVENT_READ
        with _Selector() as selector:
            selector.register(self.fileno, event)
            return bool(selector.select(max(self.seconds, 0)))


@dataclass(frozen=True, slots=True)
class Blocking:
    """Make a call that may block, so not on an event loop; its result, or what it raises, comes back."""

    call: Callable[[], Any]

    def __call__(self) -> Any:
        """Make the call in this thread."""
        return self.call()


Steps = Generator[WaitFd | Blocking, Any, T]
"""Work in steps; sent back is what each step's call returned, thrown in is what it raised."""


def run(steps: Steps[T]) -> T:
    """Go through all steps in this thread; return their result or raise what they raise."""
    try:
        step = next(steps)
        while True:
            try:
                found = step()
            except BaseException as error:  # noqa: BLE001 - it is theirs to answer, a Ctrl-C among them
                step = steps.throw(error)
            else:
                step = steps.send(found)
    except StopIteration as done:
        result: T = done.value
        return result


def aside(call: Callable[P, T]) -> Callable[P, Steps[T]]:
    """Return the same call as steps: the one step of making it where it may block."""

    def steps(*args: P.args, **kwargs: P.kwargs) -> Steps[T]:
        result: T = yield Blocking(partial(call, *args, **kwargs))
        return result

    return steps
