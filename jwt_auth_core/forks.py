"""Forks: what lives in a process begins anew in a forked child.

A child inherits memory, and no thread but the one that forked. A lock that another thread held stays held
there for ever, and what may be used once (a random id, a workspace, a connection) is there twice.
"""

from __future__ import annotations

import os
import weakref
from typing import Final, Protocol


class Inherited(Protocol):
    """What a forked child has a copy of."""

    def after_fork(self) -> None:
        """Take new locks and let go of what is the parent's; called in the child, before any other code."""
        ...


_inherited: Final[weakref.WeakSet[Inherited]] = weakref.WeakSet()
_watched: Final[set[str]] = set()


def renew_in_children(one: Inherited) -> None:
    """Have ``one`` begin anew in every child that is forked while it lives."""
    if not _watched and hasattr(os, "register_at_fork"):
        _watched.add("forks")
        os.register_at_fork(after_in_child=_begin_anew)
    _inherited.add(one)


def _begin_anew() -> None:
    for one in list(_inherited):
        one.after_fork()
