"""Forks: who lives at the fork is told in the child, and nobody else."""

import gc
import os

from jwt_auth_core import forks
from jwt_auth_core.forks import _begin_anew, renew_in_children
from tests.processes import in_children


class Counting:
    """Something that a child has a copy of."""

    def __init__(self):
        self.forks = 0
        renew_in_children(self)

    def after_fork(self):
        """Count."""
        self.forks += 1


def test_a_child_begins_anew():
    """It is told before anything else runs there; the parent is not."""
    one = Counting()

    def work(_number: int) -> None:
        assert one.forks == 1

    assert in_children(2, work) == [0, 0]
    assert one.forks == 0


def test_everybody_is_told_once():
    """However often one asked to be."""
    one, other = Counting(), Counting()
    renew_in_children(one)
    _begin_anew()
    assert (one.forks, other.forks) == (1, 1)


def test_the_forgotten_are_not_kept():
    """To be told keeps nobody alive."""
    told = []
    one = Counting()
    one.after_fork = lambda: told.append("forgotten")
    del one
    gc.collect()
    _begin_anew()
    assert told == []


def test_a_system_without_fork_is_fine(monkeypatch):
    """Where nothing can be registered, nothing is."""
    monkeypatch.setattr(forks, "_watched", set())
    monkeypatch.delattr(os, "register_at_fork", raising=False)
    Counting()
    assert forks._watched == set()
