"""Workspaces: memory that is taken again, by one thread at a time, and not hoarded."""

from contextlib import ExitStack

import pytest

from jwt_auth_core.passwords.workspace import KIB, Workspaces


def test_memory_is_used_again():
    """The next hash gets the memory of the last."""
    workspaces = Workspaces(8, keep=1)
    with workspaces.borrow(8) as first:
        assert len(first) == 8 * KIB
    with workspaces.borrow(4) as second:
        assert second is first


def test_nobody_shares_memory():
    """Who borrows at the same time gets another."""
    workspaces = Workspaces(8, keep=2)
    with workspaces.borrow(8) as first, workspaces.borrow(8) as second:
        assert first is not second


def test_few_are_kept():
    """Of many that were in use at once, as many stay as were asked for."""
    workspaces = Workspaces(8, keep=2)
    with ExitStack() as stack:
        borrowed = [stack.enter_context(workspaces.borrow(8)) for _ in range(5)]
    assert [memory.closed for memory in borrowed].count(False) == 2


def test_a_larger_one_is_given_back():
    """A hash that costs more than ours gets its memory for once."""
    workspaces = Workspaces(8, keep=1)
    with workspaces.borrow(16) as memory:
        assert len(memory) == 16 * KIB
    assert memory.closed


def test_memory_survives_an_error():
    """A hash that fails leaves its memory to the next."""
    workspaces = Workspaces(8, keep=1)
    with pytest.raises(KeyError), workspaces.borrow(8) as first:
        raise KeyError
    with workspaces.borrow(8) as second:
        assert second is first


def test_a_forked_child_takes_memory_of_its_own():
    """What waited idle at the fork is the parent's."""  # F-28
    workspaces = Workspaces(8, keep=1)
    with workspaces.borrow(8) as parents:
        pass
    workspaces.after_fork()
    with workspaces.borrow(8) as childs:
        assert childs is not parents
