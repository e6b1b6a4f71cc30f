"""An address is changed back by asking for it: who had it before has the last word, as after an undo."""

from __future__ import annotations

import pytest

from jwt_auth_core.one_time.proof import InvalidCodeError
from tests.flows.addresses import ADA, MAIL, NEW, THIRD, address, ask, changed, confirm, letters, token, undo

HOUR = 3600


@pytest.fixture
def variables():
    """Have letters stay in the process."""
    return MAIL


@pytest.fixture
def ada(world):
    """Return a registered user."""
    return world.register()


def changed_back(world, ada, email=ADA):
    """Give a user an address again; return what letters go out then."""
    ask(world, ada, email)
    confirm(world, token(world, email))
    return letters(world)


def test_the_address_between_gets_no_link(world, ada):
    """A thief's mailbox is not told how to take the account again."""
    # RST-5
    changed(world, ada)
    world.now += 71 * HOUR
    assert changed_back(world, ada) == []
    assert address(world, ada) == ADA
    assert world.stores.verified.has(ada.user_id)


def test_the_address_between_is_not_reserved(world, ada):
    """Nobody can have it back by a link, so whoever reads it may register."""
    changed(world, ada)
    changed_back(world, ada)
    assert world.register(NEW)


def test_links_of_addresses_between_are_over(world, ada):
    """However many there were."""
    # RST-5
    changed(world, ada)
    theirs = changed(world, ada, THIRD)
    changed_back(world, ada)
    with pytest.raises(InvalidCodeError):
        undo(world, theirs)
    assert address(world, ada) == ADA


def test_a_letter_between_that_waits_brings_nothing(world, ada):
    """It is about a change that cannot be undone any more."""
    changed(world, ada)
    ask(world, ada, THIRD)
    wish = token(world, THIRD)
    confirm(world, wish)
    with world.stores.database.transaction():
        world.stores.database.query("UPDATE auth_outbox SET due_at = due_at + 3600")
    changed_back(world, ada)
    with world.stores.database.transaction():
        world.stores.database.query("UPDATE auth_outbox SET due_at = due_at - 3600")
    assert letters(world) == []


def test_the_link_of_the_first_address_stays(world, ada):
    """Its owner can still void what was added since, until the three days are over."""
    # RST-5
    mine = changed(world, ada)
    changed_back(world, ada)
    undo(world, mine)
    assert address(world, ada) == ADA
    assert world.names().count("email_change_undone") == 1


def test_links_of_addresses_before_stay(world, ada):
    """Whoever had the account before the one who went back still has the last word."""
    # RST-5
    mine = changed(world, ada)
    changed(world, ada, THIRD)
    assert changed_back(world, ada, NEW) == []
    undo(world, mine)
    assert address(world, ada) == ADA


def test_another_change_after_that_can_be_undone(world, ada):
    """It is one as any other."""
    changed(world, ada)
    changed_back(world, ada)
    undo(world, changed(world, ada, THIRD))
    assert address(world, ada) == ADA


def test_after_the_three_days_it_is_a_change_as_any_other(world, ada):
    """The address between is the account's own by then, and gets a link."""
    # RST-5
    changed(world, ada)
    world.now += 72 * HOUR
    undo(world, changed(world, ada, ADA))
    assert address(world, ada) == NEW
