"""Hashes after a fork: parent and children compute apart, whatever was used before."""

import mmap

import pytest

from jwt_auth_core.passwords import OWASP
from jwt_auth_core.passwords.argon2 import Argon2Hasher
from jwt_auth_core.passwords.workspace import Workspaces
from jwt_auth_core.vocabulary import Secret
from tests.cheap import cheap_hasher
from tests.processes import in_children

PASSWORD = Secret("a long and quiet river")


def test_children_that_hash_at_once_agree_with_their_parent(tmp_path):
    """After a first hash three children check and make hashes at once; every one is right."""  # PW-01, F-28
    hasher = Argon2Hasher(OWASP)
    known = hasher.hash(PASSWORD)

    def work(number: int) -> None:
        for turn in range(8):
            assert hasher.verify(PASSWORD, known), "a right password was refused"
            (tmp_path / f"{number}-{turn}").write_text(hasher.hash(PASSWORD))

    assert in_children(3, work) == [0, 0, 0]
    stored = [file.read_text() for file in tmp_path.iterdir()]
    assert len(stored) == 24
    assert all(hasher.verify(PASSWORD, one) for one in stored)


def test_memory_is_nobody_elses():
    """What a child writes into a workspace that was lent at the fork stays in the child."""
    with Workspaces(8, keep=1).borrow(8) as memory:

        def work(_number: int) -> None:
            memory[0] = 1

        assert in_children(1, work) == [0]
        assert memory[0] == 0


def test_a_child_begins_with_no_workspace():
    """The parent keeps its idle memory; a child takes new instead of copying it page by page."""
    hasher = cheap_hasher()
    hasher.hash(PASSWORD)

    def work(_number: int) -> None:
        assert hasher.workspaces.idle == ()
        hasher.hash(PASSWORD)

    assert in_children(1, work) == [0]
    assert len(hasher.workspaces.idle) == 1


@pytest.mark.skipif(not hasattr(mmap, "MAP_PRIVATE"), reason="Windows has no such mappings")
def test_larger_memory_is_private_too():
    """Also the memory of a hash that costs more than ours, which is given back at once."""
    with Workspaces(8, keep=0).borrow(16) as memory:

        def work(_number: int) -> None:
            memory[0] = 1

        assert in_children(1, work) == [0]
        assert memory[0] == 0
