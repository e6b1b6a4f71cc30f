"""Token ids: random, and each handed out once."""

from concurrent.futures import ThreadPoolExecutor

from jwt_auth_core.tokens import ids
from tests.processes import in_children


def drawn(count):
    """Return that many ids."""
    return [ids.random_id() for _ in range(count)]


def test_a_forked_process_draws_ids_of_its_own(tmp_path):
    """What the parent has drawn is the parent's, though a child has a copy of its memory."""  # F-28
    drawn(1)  # and more wait

    def draw(number: int) -> None:
        (tmp_path / str(number)).write_text("\n".join(drawn(100)))

    assert in_children(2, draw) == [0, 0]
    theirs = [one for file in tmp_path.iterdir() for one in file.read_text().split()]
    assert len({*theirs, *drawn(100)}) == 300


def test_each_id_goes_to_one_thread():
    """Threads that draw at the same time share none."""
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(drawn, [500] * 8))
    assert len({one for each in found for one in each}) == 4000
