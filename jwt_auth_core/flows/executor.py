"""Executor: where a use case runs, when an event loop must not wait for it; each use case names its own."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum


class Executor(Enum):
    """What a use case costs. The edge has threads for the one, others for the other, and a queue."""

    HASH = "hash"
    """It hashes a password, so it takes a core for a while: as many at once as there are cores."""
    STORE = "store"
    """It asks the stores, once or several times in a row, and hardly computes."""
    OUTSIDE = "outside"
    """It asks somebody outside over HTTP, who may take seconds; the stores are not kept waiting for that."""
    BATCH = "batch"
    """It takes many inputs in one call: whatever waits at the moment goes together."""


def executor_of(use_case: Callable[..., object]) -> Executor:
    """Return where a use case runs, or a method of one.

    Whatever names none is taken for one that hashes: of that there are never more at once than cores.
    """
    named = getattr(getattr(use_case, "__self__", use_case), "executor", None)
    return named if isinstance(named, Executor) else Executor.HASH
