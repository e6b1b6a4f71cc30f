"""What joins an open transaction, the same on every database."""

# What stands in a `raises` block is what is tested.
# ruff: noqa: PT012

from __future__ import annotations

import pytest

from jwt_auth_core.errors import QueryError
from tests.database.test_transaction import add, ids


def test_a_joined_one_is_kept_with_the_outer(db):
    """It has no part of its own: all of it is kept, or undone, with what stands around it."""
    with db.transaction(), db.joined():
        add(db, 1)
    with pytest.raises(ZeroDivisionError), db.transaction():
        with db.joined():
            add(db, 2)
        raise ZeroDivisionError
    assert ids(db) == [1]


def test_a_joined_one_that_fails_undoes_the_outer(db):
    """Also where its error was caught: nothing of a change is kept that came to no end."""
    with pytest.raises(QueryError, match="an earlier statement failed"), db.transaction():
        add(db, 1)
        with pytest.raises(ZeroDivisionError), db.joined():
            add(db, 2)
            raise ZeroDivisionError
    assert ids(db) == []


def test_a_joined_one_that_fails_undoes_no_more_than_its_savepoint(db):
    """Whoever has passed the failure on as far as a nested transaction goes on after it."""
    with db.transaction():
        add(db, 1)
        with pytest.raises(ZeroDivisionError), db.transaction(), db.joined():
            add(db, 2)
            raise ZeroDivisionError
        add(db, 3)
    assert ids(db) == [1, 3]


def test_a_joined_one_alone_is_a_transaction(db):
    """Where none is open, it holds one."""
    with pytest.raises(ZeroDivisionError), db.joined():
        add(db, 1)
        raise ZeroDivisionError
    with db.joined():
        add(db, 2)
    assert ids(db) == [2]
