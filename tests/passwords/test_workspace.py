"""Workspaces: memory that is taken again, by one thread at a time, and not hoarded."""

from concurrent.futures import ThreadPoolExecutor
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


def test_closing_gives_idle_memory_back():
    """What waits for the next hash is unmapped, and that hash takes new memory."""
    workspaces = Workspaces(8, keep=1)
    with workspaces.borrow(8) as before:
        pass
    workspaces.close()
    assert before.closed
    with workspaces.borrow(8) as after:
        assert not after.closed
    assert not after.closed


def test_a_hash_outlives_the_closing():
    """Memory that is lent when it is closed stays its borrower's, and is unmapped with the return."""
    workspaces = Workspaces(8, keep=1)
    with workspaces.borrow(8) as lent:
        workspaces.close()
        assert not lent.closed
    assert lent.closed


def test_closing_may_be_repeated():
    """Also at once, by several threads, beside others that borrow: nobody's memory goes away under it."""
    workspaces = Workspaces(8, keep=4)

    def work(number: int) -> None:
        for _ in range(500):
            if number % 2:
                workspaces.close()
            with workspaces.borrow(8) as memory:
                memory[0] = number
                assert memory[0] == number

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    workspaces.close()
    workspaces.close()
    assert workspaces.idle == ()
