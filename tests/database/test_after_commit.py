"""What waits for a transaction to be kept, the same on every database."""

# What stands in a `raises` block is what is tested.
# ruff: noqa: PT012

from __future__ import annotations

import pytest

from jwt_auth_core.errors import UniqueViolationError
from tests.database.test_shared_transaction import begun
from tests.database.test_transaction import add, ids, in_thread


def test_it_is_called_when_others_see_what_was_done(db):
    """Not before: inside the block it waits, and finds the transaction over."""
    seen = []
    with db.transaction():
        add(db, 1)
        db.after_commit(lambda: seen.append(in_thread(lambda: seen.append(ids(db)))))
        assert seen == []
    assert seen == [[1], None]


def test_outside_of_one_it_is_called_at_once(db):
    """What was done there is kept already."""
    seen = []
    db.after_commit(lambda: seen.append("kept"))
    assert seen == ["kept"]


def test_nothing_is_called_of_what_was_undone(db):
    """Neither of a whole transaction nor of the part that a savepoint undid."""
    seen = []
    with db.transaction():
        db.after_commit(lambda: seen.append("outer"))
        with pytest.raises(ZeroDivisionError), db.transaction():
            db.after_commit(lambda: seen.append("inner"))
            raise ZeroDivisionError
        with db.transaction():
            db.after_commit(lambda: seen.append("second"))
    with pytest.raises(ZeroDivisionError), db.transaction():
        db.after_commit(lambda: seen.append("undone"))
        raise ZeroDivisionError
    assert seen == ["outer", "second"]


def test_nor_of_what_could_not_be_kept(db):
    """A spoiled transaction ends with an error, and tells nobody."""
    seen = []
    shared = begun(db)
    add(db, 1)
    db.after_commit(lambda: seen.append("kept"))
    assert isinstance(in_thread(lambda: add(db, 1)), UniqueViolationError)
    assert in_thread(lambda: shared.end(keep=True)) is not None
    assert seen == []


@pytest.mark.parametrize("keep", [True, False])
def test_of_a_shared_one_whoever_ends_it_calls(db, keep):
    """In whichever thread that is, and only where it keeps it."""
    seen = []
    shared = begun(db)
    db.after_commit(lambda: seen.append("kept"))
    assert in_thread(lambda: shared.end(keep=keep)) is None
    shared.leave()
    assert seen == ["kept"] * keep
