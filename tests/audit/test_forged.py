"""Seals that somebody without a key wrote: they are named, nothing of them is believed, sealing goes on."""

import logging
from dataclasses import replace

import pytest

from jwt_auth_core.audit.chain import BrokenChainError, Chain


@pytest.fixture
def sealed(desk):
    """Return a desk with five rows under two seals."""
    for count in (3, 2):
        desk.write(count)
        desk.seal()
    return desk


def last(desk):
    """Return the newest seal."""
    seal = Chain(desk.database).last()
    assert seal is not None
    return seal


def forge(desk, **said):
    """Put a seal at the end of the chain, as whoever has the database and no key can; return it."""
    before = last(desk)
    forged = replace(before, number=before.number + 1, previous=before.mac, mac="f" * 64, **said)
    Chain(desk.database).add(forged)
    return forged


def edit(desk, **said):
    """Write other values into the newest seal; return it as it was."""
    before = last(desk)
    desk.sql("DELETE FROM auth_audit_seals WHERE number = %s", before.number)
    Chain(desk.database).add(replace(before, **said))
    return before


def restore(desk, seal):
    """Put a seal back as it was."""
    desk.sql("DELETE FROM auth_audit_seals WHERE number = %s", seal.number)
    Chain(desk.database).add(seal)


def test_sealing_goes_on_behind_a_forged_seal(sealed, caplog):
    """Whatever it says of where to go on; it alone is named, and the log says so once."""
    forged = forge(sealed, above=10**12, horizon=10**12, ids="1-8", pruned_through=2)
    sealed.write(2)
    audit = sealed.audit(*sealed.secrets)
    with caplog.at_level(logging.ERROR, "jwt_auth.audit.seals"):
        (seal,) = audit.seal()
        sealed.write()
        audit.seal()
    assert (seal.number, seal.previous, seal.pruned_through) == (4, forged.mac, 0)
    assert (seal.first_id, seal.last_id) == tuple(sealed.ids()[5:7])
    assert sealed.found() == [("seal", None, 3)]
    assert sealed.audit(*sealed.secrets).forged_seals() == [3]
    (said,) = caplog.messages
    assert said == "seal 3 is not what a sealer wrote and is passed over: run jwt-auth audit verify"


def test_it_cannot_be_taken_away_again(sealed):
    """The next seal stands behind it."""
    forge(sealed, above=10**12)
    sealed.write()
    sealed.seal()
    sealed.sql("DELETE FROM auth_audit_seals WHERE number = 3")
    assert sealed.found() == [("gone", None, 3)]


def test_no_lie_of_the_last_seal_is_signed(sealed):
    """Or rows could be pruned by whoever edits it, waits for the next one, and puts it back."""
    before = edit(sealed, pruned_through=2, above=0)
    sealed.write()
    sealed.seal()
    restore(sealed, before)
    assert last(sealed).pruned_through == 0
    assert sealed.found() == []


@pytest.mark.parametrize("is_restored", [True, False])
def test_the_rows_of_an_edited_seal_come_under_the_next_one(sealed, is_restored):
    """And where it is put back, each is held against the first that has it."""
    before = edit(sealed, above=10**12, ids="1-4")
    sealed.write(2)
    (seal,) = sealed.seal()
    ids = sealed.ids()
    assert (seal.first_id, seal.last_id) == (ids[3], ids[6])
    if is_restored:
        restore(sealed, before)
    known = [] if is_restored else [("seal", None, 2)]
    assert sealed.found() == known
    sealed.sql("DELETE FROM auth_audit WHERE id = %s", ids[3])
    sealed.sql("UPDATE auth_audit SET user_id = 'eve' WHERE id = %s", ids[6])
    assert sealed.found() == [*known, ("gone", ids[3], 2 if is_restored else 3), ("edited", ids[6], 3)]


def test_where_all_were_forged_a_chain_begins_behind_them(sealed):
    """All rows come under it."""
    sealed.sql("UPDATE auth_audit_seals SET mac = 'f'")
    (seal,) = sealed.seal()
    assert (seal.number, seal.count) == (3, 5)
    assert {fault for fault, *_ in sealed.found()} == {"seal"}


def test_nothing_is_sealed_behind_a_key_that_is_not_there(sealed):
    """A worker with an older configuration does not know what was sealed already."""
    forge(sealed, key_id="0" * 8)
    sealed.write()
    with pytest.raises(
        BrokenChainError, match=r"seal 3 names the key '00000000', which ENC.* lacks"
    ) as caught:
        sealed.seal()
    assert (caught.value.number, caught.value.key_id) == (3, "0" * 8)
    with pytest.raises(BrokenChainError):
        sealed.audit(*sealed.secrets).prune(before=sealed.now + 1)
    audit = sealed.audit(*sealed.secrets)
    audit._step()
    assert audit.health()["failing_since"] == sealed.now


def test_a_forged_seal_has_no_row_pruned(sealed):
    """It goes with those around it, once they are old."""
    forge(sealed, ids="1-99", newest_at=0, above=10**12)
    sealed.now += 100
    sealed.write(2)
    sealed.seal()
    audit = sealed.audit(*sealed.secrets)
    assert audit.prune(before=sealed.now).rows == 5
    assert len(sealed.ids()) == 2
    sealed.now += 100
    sealed.write()
    sealed.seal()
    assert audit.prune(before=sealed.now).rows == 2
    assert (sealed.found(), audit.forged_seals()) == ([], [])


def test_forged_seals_alone_prune_nothing(sealed):
    """Nobody without a key says what is old."""
    sealed.sql("UPDATE auth_audit_seals SET mac = 'f'")
    assert sealed.audit(*sealed.secrets).prune(before=sealed.now + 1).rows == 0
    assert len(sealed.ids()) == 5


def test_rows_that_it_alone_names_are_not_there(sealed):
    """Those of others are theirs."""
    forge(sealed, ids="0-2")
    assert sealed.found() == [("seal", None, 3), ("gone", 0, 3)]


def test_without_keys_nobody_can_tell(sealed):
    """So nothing is said."""
    forge(sealed)
    assert sealed.audit().forged_seals() == []


def test_pages_are_read_on(sealed, monkeypatch):
    """However many were forged."""
    monkeypatch.setattr("jwt_auth_core.audit.chain.PAGE", 2)
    for _ in range(5):
        forge(sealed, above=10**12)
    sealed.write()
    assert sealed.seal()[0].number == 8
    assert sealed.audit(*sealed.secrets).forged_seals() == [3, 4, 5, 6, 7]
