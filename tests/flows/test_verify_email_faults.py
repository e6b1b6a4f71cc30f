"""A verification that meets a failure, or somebody who was quicker: nothing is changed, or all of it is."""

from __future__ import annotations

import logging

import pytest

from jwt_auth_core.audit import Journal
from jwt_auth_core.errors import InvalidCredentialsError, StoreUnavailableError, UserNotFoundError
from jwt_auth_core.one_time.proof import InvalidCodeError
from tests.flows.parts import OLD, between, change, down, unheard
from tests.flows.proofs import NEW, link, reset, verify


@pytest.fixture
def ada(world):
    """Return a registered user."""
    return world.register()


def losing_first(monkeypatch):
    """Lose the answer of the next transaction of the journal, and of no other."""
    together, first = Journal.together, [unheard]
    monkeypatch.setattr(
        Journal, "together", lambda journal: first.pop()(journal) if first else together(journal)
    )


def failing_first(monkeypatch, act):
    """Have the next transaction of the journal fail, after something else happened."""
    together = Journal.together

    def fail(_journal):
        monkeypatch.setattr(Journal, "together", together)
        act()
        raise StoreUnavailableError("database")

    monkeypatch.setattr(Journal, "together", fail)


def test_a_store_that_is_down_changes_nothing(world, ada, monkeypatch):
    """The letter is still good, the password too."""
    # F-13
    token = link(world, ada, "verify")
    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.verified), "keep", down("database"))
        with pytest.raises(StoreUnavailableError):
            verify(world, token)
    assert world.login()
    assert verify(world, token, password=OLD).reset_token is None


def test_an_answer_that_is_lost_is_asked_for_again(world, ada, monkeypatch):
    """The database kept it and could not say so: it is found done, and told once."""
    # F-13
    token = link(world, ada, "verify")
    losing_first(monkeypatch)
    assert verify(world, token, password=OLD).reset_token is None
    assert world.stores.verified.has(ada.user_id)
    assert world.names().count("email_verified") == 1


def test_a_lost_answer_loses_no_way_in(world, ada, monkeypatch):
    """What sets the password comes all the same."""
    # F-13
    token = link(world, ada, "verify")
    losing_first(monkeypatch)
    reset(world, verify(world, token).reset_token)
    assert world.login(password=NEW)


def test_what_failed_is_tried_once_more(world, ada, monkeypatch):
    """A connection that broke is no reason to bother people."""
    # F-13
    token = link(world, ada, "verify")
    failing_first(monkeypatch, lambda: None)
    verify(world, token, password=OLD)
    assert world.stores.verified.has(ada.user_id)


@pytest.mark.parametrize("password", [None, OLD])
def test_what_somebody_else_did_is_not_taken_for_this(world, ada, monkeypatch, password):
    """The letter was used and the account deleted meanwhile: there is nothing to tell."""
    # F-13
    token = link(world, ada, "verify")
    failing_first(monkeypatch, lambda: world.auth.end_user.delete(ada.user_id))
    with pytest.raises(InvalidCodeError):
        verify(world, token, password=password)


def test_a_password_that_was_changed_meanwhile_keeps_nothing(world, ada, monkeypatch):
    """What was shown is not what would stay; the letter is good for another try."""
    # RST-6
    token = link(world, ada, "verify")
    between(monkeypatch, Journal, "together", lambda: change(world, ada.user_id))
    with pytest.raises(InvalidCodeError):
        verify(world, token, password=OLD)
    assert not world.stores.verified.has(ada.user_id)
    assert verify(world, token).reset_token


def test_a_letter_that_somebody_else_used_meanwhile(world, ada, monkeypatch):
    """One of the two gets it."""
    # RST-1
    token = link(world, ada, "verify")
    between(monkeypatch, Journal, "together", lambda: verify(world, token, user_id=ada.user_id))
    with pytest.raises(InvalidCodeError):
        verify(world, token)


def test_an_address_that_changes_at_the_last_moment(world, ada, monkeypatch):
    """It is not taken for the one that was shown."""
    token = link(world, ada, "verify")
    sql = "UPDATE users SET email = 'b@example.com' WHERE user_id = %s"
    between(
        monkeypatch,
        type(world.stores.verified),
        "keep",
        lambda: world.stores.database.query(sql, (ada.user_id,)),
    )
    with pytest.raises(InvalidCodeError):
        verify(world, token)


@pytest.mark.parametrize("outcome", ["changed", "vanished"])
def test_a_password_that_cannot_be_voided(world, ada, monkeypatch, outcome):
    """Nothing is verified then."""

    def refuse(*_arguments, **_named):
        if outcome == "vanished":
            raise UserNotFoundError
        return False

    monkeypatch.setattr(type(world.stores.users), "change_password", refuse)
    with pytest.raises(InvalidCodeError):
        verify(world, link(world, ada, "verify"))
    assert not world.stores.verified.has(ada.user_id)


def test_an_account_without_a_password_is_nothing_to_warn_of(world, ada, caplog):
    """Its hash is ours, and no password opens it."""
    verify(world, link(world, ada, "verify"))
    with caplog.at_level(logging.WARNING), pytest.raises(InvalidCredentialsError):
        world.login()
    assert "cannot be used" not in caplog.text
