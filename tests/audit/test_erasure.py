"""Erased users: their rows name a pseudonym, and a verification knows them from rows that somebody edited."""

from __future__ import annotations

import pytest

from jwt_auth_core.vocabulary import UserId
from tests.audit.desk import NEW, OLD, STRANGE

NOBODY = UserId("erased-1")


@pytest.fixture
def erased(desk):
    """Return a desk with rows under a seal whose user was erased, and a row of somebody else's."""
    desk.write(3)
    desk.sql("UPDATE auth_audit SET at = at")
    desk.seal()
    desk.audit(NEW).erase(UserId("u"), NOBODY)
    desk.seal()
    return desk


def test_rows_keep_what_happened_and_not_who_it_was(erased):
    """Nor from where; the last one says which rows those are."""
    *rows, statement = erased.audit().rows()
    assert {(row.user_id, row.address, row.user_agent, row.name) for row in rows} == {
        (NOBODY, None, None, "login_succeeded")
    }
    assert (statement.name, statement.user_id) == ("user_erased", NOBODY)


def test_an_erasure_is_no_finding(erased):
    """It is counted."""
    report = erased.audit(NEW).verify()
    assert (report.findings, report.erased, report.rows) == ((), 3, 4)


@pytest.mark.parametrize("column", ["user_id", "address", "reason", "name", "mac"])
def test_an_erased_row_that_was_edited_is_named(erased, column):
    """Whatever it was: nobody without the key can write the like of it."""
    first = erased.ids()[0]
    erased.sql(f"UPDATE auth_audit SET {column} = 'edited' WHERE id = %s", first)  # noqa: S608
    assert erased.found() == [("edited", first, 1)]


def test_an_edited_row_is_not_made_whole_by_an_erasure(desk):
    """What was wrong before is wrong afterwards."""
    desk.write(2)
    desk.seal()
    first = desk.ids()[0]
    desk.sql("UPDATE auth_audit SET reason = 'edited' WHERE id = %s", first)
    desk.audit(NEW).erase(UserId("u"), NOBODY)
    assert desk.found() == [("edited", first, 1)]


def test_nobody_without_the_key_can_say_that_rows_were_erased(desk):
    """Neither in a row without an HMAC nor in one of another key."""
    desk.write(2)
    desk.seal()
    first, second = desk.ids()
    desk.audit(STRANGE).erase(UserId("u"), NOBODY)
    found = desk.found()
    assert {("edited", first, 1), ("edited", second, 1)} <= set(found)
    assert len(found) == 3


def test_a_forged_statement_is_named(erased):
    """And what it tells of, too."""
    last = erased.ids()[-1]
    erased.sql("UPDATE auth_audit SET facts = '{}' WHERE id = %s", last)
    assert ("edited", last, 2) in erased.found()
    assert len(erased.found()) == 4


def test_rows_of_an_older_key_stay_under_it(desk):
    """So that the settings name as many keys as before."""
    desk.secrets = (OLD,)
    desk.write()
    desk.seal()
    desk.secrets = (NEW, OLD)
    desk.audit(NEW, OLD).erase(UserId("u"), NOBODY)
    assert desk.found() == []
    assert desk.audit(NEW, OLD).verify().erased == 1


def test_rows_without_an_hmac_are_erased_as_well(desk):
    """Where nothing is sealed."""
    desk.secrets = ()
    desk.write()
    desk.audit().erase(UserId("u"), NOBODY)
    assert {row.user_id for row in desk.audit().rows()} == {NOBODY}
    assert desk.found() == []


def test_a_user_without_rows_leaves_no_statement(desk):
    """Nothing happened, so nothing is told."""
    desk.audit(NEW).erase(UserId("u"), NOBODY)
    assert desk.ids() == []


def test_what_was_erased_before_it_was_sealed_is_whole(desk):
    """The seal is put on what is there."""
    desk.write()
    desk.audit(NEW).erase(UserId("u"), NOBODY)
    desk.seal()
    assert desk.found() == []
    assert desk.audit(NEW).verify().erased == 0


def test_an_erased_row_that_is_gone_is_named(erased):
    """Like any other."""
    first = erased.ids()[0]
    erased.sql("DELETE FROM auth_audit WHERE id = %s", first)
    assert erased.found() == [("gone", first, 1)]
