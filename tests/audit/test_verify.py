"""Verifying: what was edited, swapped, added or removed is named."""

import pytest

from jwt_auth_core.audit.chain import Chain
from tests.audit.desk import NEW, OLD, STRANGE


@pytest.fixture
def sealed(desk):
    """Return a desk with five rows under two seals, and one row that is younger."""
    return filled(desk)


def filled(desk):
    """Fill it."""
    for count in (3, 2):
        desk.write(count)
        desk.seal()
    desk.write()
    return desk


def test_an_honest_trail_has_no_findings(sealed):
    """And the report says what was looked at."""
    report = sealed.audit(NEW).verify()
    assert (report.rows, report.seals, report.unsealed, report.without_key) == (6, 2, 1, 0)
    assert report.findings == ()
    assert report.last_seal == 2
    assert report.last_mac == Chain(sealed.database).last().mac


COLUMNS = """
    event_id at name outcome user_id session address user_agent reason facts key_id mac
"""
SEAL_COLUMNS = """
    at count first_id last_id newest_at ids prints digest pruned_through horizon above previous mac
"""


@pytest.mark.parametrize("column", COLUMNS.split())
def test_an_edited_row_is_named(sealed, column):
    """Whichever column it was."""
    ids = sealed.ids()
    value = 7 if column == "at" else "edited"
    sealed.sql(f"UPDATE auth_audit SET {column} = %s WHERE id = %s", value, ids[1])  # noqa: S608
    assert sealed.found() == [("edited", ids[1], 1)]


def test_an_edited_row_is_named_before_it_is_sealed(sealed):
    """Its HMAC tells."""
    last = sealed.ids()[-1]
    sealed.sql("UPDATE auth_audit SET user_id = 'eve' WHERE id = %s", last)
    assert sealed.found() == [("foreign", last, None)]


def test_swapped_rows_are_named(sealed):
    """Each is whole, and neither is where it was."""
    one, _, _, other, *_ = sealed.ids()
    for before, after in ((one, -1), (other, one), (-1, other)):
        move(sealed, before, after)
    assert sealed.found() == [("edited", one, 1), ("edited", other, 2)]


def move(desk, before, after):
    """Give a row another id, also where the database gives them."""
    overriding = "OVERRIDING SYSTEM VALUE" if desk.database.dialect == "postgres" else ""
    columns = ", ".join(COLUMNS.split()[1:])
    desk.sql(
        f"INSERT INTO auth_audit (id, event_id, {columns}) {overriding}"  # noqa: S608
        f" SELECT %s, event_id || ' ', {columns} FROM auth_audit WHERE id = %s",
        after,
        before,
    )
    desk.sql("DELETE FROM auth_audit WHERE id = %s", before)
    desk.sql("UPDATE auth_audit SET event_id = trim(event_id) WHERE id = %s", after)


def test_a_foreign_row_is_named(sealed):
    """One that nobody with the key wrote, also when it is sealed with the others."""
    sealed.write(1, sealed.audit(STRANGE))
    sealed.write(1, sealed.audit())
    strange, bare = sealed.ids()[-2:]
    assert sealed.found() == [("unknown key", strange, None), ("foreign", bare, None)]
    sealed.seal()
    assert sealed.found() == [("unknown key", strange, None), ("foreign", bare, None)]


@pytest.mark.servers
def test_a_copy_is_named(postgres_desk):
    """A row that stands there twice is whole, and tells of something that happened once."""
    sealed = filled(postgres_desk)
    sealed.sql("ALTER TABLE auth_audit DROP CONSTRAINT auth_audit_event_id_key")
    columns = ", ".join(COLUMNS.split())
    copy = f"INSERT INTO auth_audit ({columns}) SELECT {columns} FROM auth_audit ORDER BY id LIMIT 1"  # noqa: S608
    sealed.sql(copy)
    assert sealed.found() == [("foreign", sealed.ids()[-1], None)]


@pytest.mark.parametrize("places", [[0], [1], [2], [0, 1, 2], [4], [2, 3]])
def test_rows_that_are_gone_are_named(sealed, places):
    """With the seals that they were under."""
    ids = sealed.ids()
    for place in places:
        sealed.sql("DELETE FROM auth_audit WHERE id = %s", ids[place])
    seals = {1 if place < 3 else 2 for place in places}
    found = sealed.found()
    assert {fault for fault, *_ in found} == {"gone"}
    assert {seal for *_, seal in found} == seals


def test_all_rows_gone_are_all_seals_named(sealed):
    """An empty table is no table without events."""
    sealed.sql("DELETE FROM auth_audit")
    assert [seal for *_, seal in sealed.found()] == [1, 2]


@pytest.mark.parametrize("column", SEAL_COLUMNS.split())
def test_an_edited_seal_is_named(sealed, column):
    """Whichever column it was."""
    number = column not in {"ids", "prints", "digest", "previous", "mac"}
    value = 1 if number else "edited"
    sealed.sql(f"UPDATE auth_audit_seals SET {column} = %s WHERE number = 2", value)  # noqa: S608
    assert ("seal", None, 2) in sealed.found()


@pytest.mark.parametrize("number", [1, 2])
def test_a_seal_in_the_middle_that_is_gone_is_named(sealed, number):
    """The numbers have a hole, or do not begin at the beginning."""
    sealed.seal()
    sealed.sql("DELETE FROM auth_audit_seals WHERE number = %s", number)
    assert "gone" in {fault for fault, *_ in sealed.found()}


def test_a_trail_that_was_set_back_is_shown_by_a_logged_seal(sealed):
    """Without the last seal and its rows all is in order; a log that has the seal tells."""
    logged = Chain(sealed.database).last()
    first = sealed.ids()[:3]
    sealed.sql("DELETE FROM auth_audit_seals WHERE number = 2")
    sealed.sql("DELETE FROM auth_audit WHERE id > %s", first[-1])
    assert sealed.found() == []
    assert sealed.found(expected={logged.number: logged.mac}) == [("gone", None, 2)]


def test_a_chain_that_was_made_anew_is_shown_by_a_logged_seal(sealed):
    """Whoever has the key can seal what never was; not under the HMAC that a log has."""
    assert sealed.found(expected={2: "another"}) == [("seal", None, 2)]


def test_rows_and_seals_of_an_older_key_are_good(sealed):
    """It stays behind the newest, to verify."""
    sealed.secrets = (OLD, NEW)
    sealed.write()
    sealed.seal()
    assert sealed.found() == []
    sealed.secrets = (OLD,)
    assert {fault for fault, *_ in sealed.found()} == {"unknown key"}


def test_rows_of_before_there_was_a_key(desk):
    """They are counted, and from their first seal on they do not change either."""
    desk.write(2, desk.audit())
    desk.write()
    desk.seal()
    report = desk.audit(NEW).verify()
    assert (report.without_key, report.findings) == (2, ())
    desk.sql("UPDATE auth_audit SET user_id = 'eve' WHERE id = %s", desk.ids()[0])
    assert desk.found() == [("edited", desk.ids()[0], 1)]


def test_an_hmac_that_was_taken_off_is_named(sealed):
    """A row cannot become one of before there was a key."""
    ids = sealed.ids()
    sealed.sql("UPDATE auth_audit SET key_id = NULL, mac = NULL, user_id = 'eve' WHERE id = %s", ids[2])
    assert sealed.found() == [("edited", ids[2], 1)]


def test_pruned_rows_are_not_missed(sealed):
    """A seal says that they went; what is younger stays, and is still verified."""
    sealed.now += 100
    sealed.write(2)
    sealed.seal()
    young = sealed.ids()[-3:]
    pruned = sealed.audit(NEW).prune(before=sealed.now)
    assert (pruned.rows, pruned.through) == (5, 2)
    assert sealed.ids() == young
    assert sealed.found() == []
    assert sealed.found(expected={1: "of a seal that was pruned"}) == []
    sealed.write()
    sealed.seal()
    sealed.sql("DELETE FROM auth_audit WHERE id = %s", young[0])
    assert sealed.found() == [("gone", young[0], 3)]


def test_nobody_else_prunes(sealed):
    """Rows and their seals together, and the place where the chain begins: each is missed."""
    first = sealed.ids()[:3]
    sealed.sql("DELETE FROM auth_audit WHERE id <= %s", first[-1])
    sealed.sql("DELETE FROM auth_audit_seals WHERE number = 1")
    assert sealed.found() == [("gone", None, None)]


def test_pruning_goes_by_whole_seals(sealed):
    """A seal with one young row keeps the others; without one that is old nothing is done."""
    before = sealed.ids()
    assert sealed.audit(NEW).prune(before=sealed.now).rows == 0
    assert sealed.ids() == before
    assert len(list(Chain(sealed.database).seals())) == 2


def test_pruning_twice_is_pruning_once(sealed):
    """There is nothing left to say."""
    later = sealed.now + 1
    assert sealed.audit(NEW).prune(before=later).rows == 5
    assert sealed.audit(NEW).prune(before=later).rows == 0
    assert sealed.found() == []


def test_a_key_that_nothing_names_any_more_may_go(sealed):
    """When all that it sealed was pruned."""
    sealed.seal()
    sealed.now += 100
    sealed.secrets = (OLD, NEW)
    sealed.write()
    sealed.seal()
    sealed.audit(OLD, NEW).prune(before=sealed.now)
    sealed.now += 100
    sealed.write()
    sealed.seal()
    sealed.audit(OLD, NEW).prune(before=sealed.now)
    sealed.audit(OLD).start()
    sealed.secrets = (OLD,)
    assert sealed.found() == []


def test_without_a_key_rows_are_pruned_by_their_age(desk):
    """There are no seals then."""
    desk.write(2, desk.audit())
    desk.now += 5
    desk.write(1, desk.audit())
    assert desk.audit().prune(before=desk.now).rows == 2
    assert len(desk.ids()) == 1


def test_pruning_what_no_seal_has(desk):
    """It is sealed first, or stays."""
    desk.write()
    assert desk.audit(NEW).prune(before=desk.now + 1).rows == 0
    assert len(desk.ids()) == 1
