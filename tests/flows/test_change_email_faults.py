"""A change of the address that meets a failure, or somebody who was quicker: all of it, or nothing."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import InvalidInputError, StoreUnavailableError
from jwt_auth_core.flows.email.mint_email_proof import MintConfirmation
from jwt_auth_core.mail.mint import TokenOrder
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.vocabulary import Email
from tests.flows.addresses import (
    ADA,
    MAIL,
    NEW,
    address,
    ask,
    changes,
    confirm,
    token,
)
from tests.flows.parts import between, down
from tests.flows.test_verify_email_faults import failing_first, losing_first


@pytest.fixture
def variables():
    """Have letters stay in the process."""
    return MAIL


@pytest.fixture
def ada(world):
    """Return a registered user."""
    return world.register()


def test_an_address_that_the_table_cannot_hold_is_refused(world, ada, monkeypatch):
    """When it is asked for, not when it is confirmed."""
    monkeypatch.setattr("jwt_auth_core.users.email_changes.widths", lambda _: {"email": 10})
    with pytest.raises(InvalidInputError, match="new_email"):
        ask(world, ada)


def test_a_store_that_fails_leaves_all_as_it_was(world, ada, monkeypatch):
    """The letter is still good."""
    # F-13
    ask(world, ada)
    brought = token(world, NEW)
    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.verified), "keep", down("database"))
        with pytest.raises(StoreUnavailableError):
            confirm(world, brought)
    assert address(world, ada) == ADA
    confirm(world, brought)


def test_an_answer_that_is_lost_is_found(world, ada, monkeypatch):
    """It was done, and is answered as done; the event is told."""
    # F-13
    ask(world, ada)
    brought = token(world, NEW)
    losing_first(monkeypatch)
    confirm(world, brought)
    assert address(world, ada) == NEW
    assert "email_changed" in world.names()


def test_a_confirmation_by_another_is_not_taken_for_ones_own(world, ada, monkeypatch):
    """The first try failed, and meanwhile somebody else used the link."""
    ask(world, ada)
    brought = token(world, NEW)

    def meanwhile():
        world.now += 1
        confirm(world, brought)

    failing_first(monkeypatch, meanwhile)
    with pytest.raises(InvalidCodeError):
        confirm(world, brought)
    assert address(world, ada) == NEW


@pytest.mark.parametrize("at", ["find", "cut_off"])
def test_a_user_who_goes_at_this_moment_confirms_nothing(world, ada, monkeypatch, at):
    """Wherever it is met."""
    ask(world, ada)
    brought = token(world, NEW)
    between(monkeypatch, type(world.stores.users), at, lambda: world.stores.users.delete(ada.user_id))
    with pytest.raises(InvalidCodeError):
        confirm(world, brought)


def test_the_sessions_that_end_at_this_moment_end_the_wish(world, ada, monkeypatch):
    """Nobody knows who ended them."""
    ask(world, ada)
    brought = token(world, NEW)
    users = type(world.stores.users)
    cut_off = world.stores.users.cut_off
    between(monkeypatch, users, "cut_off", lambda: cut_off(ada.user_id, now=world.now))
    with pytest.raises(InvalidCodeError):
        confirm(world, brought)
    assert world.stores.users.find_by_email(Email(ADA))


def test_a_letter_that_a_later_one_overtook_brings_nothing(world, ada):
    """Its token was not kept, and so it does not go out."""

    class Overtaken:
        def put(self, *_values, **_named):
            return False

    ask(world, ada)
    (change_,) = changes(world)
    order = TokenOrder(
        purpose="email_confirm",
        user_id=ada.user_id,
        address=NEW,
        letter_id=change_.letter_id,
        asked_at=world.now,
        facts={},
    )
    assert MintConfirmation(Overtaken(), world.stores.email_changes)(order) is None
