"""A reset that meets a failure, or somebody who was quicker: nothing is changed, or all of it is."""

from __future__ import annotations

import pytest

from jwt_auth_core.audit import Journal
from jwt_auth_core.errors import StoreUnavailableError, UserNotFoundError
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.vocabulary import Secret
from tests.flows.parts import OLD, between, down, goes_on, unheard
from tests.flows.proofs import NEW, link, reset

EVIL = "the phrase of somebody else"


@pytest.fixture
def ada(world):
    """Return a registered user."""
    return world.register()


def test_limits_that_are_down_change_nothing(world, ada, monkeypatch):
    """The password is set all the same."""
    monkeypatch.setattr(type(world.stores.limits), "forget", down("limits"))
    reset(world, link(world, ada))
    assert world.login(password=NEW)


def test_a_store_that_is_down_changes_nothing(world, ada, monkeypatch):
    """Neither password nor sessions, and the link is still good."""
    # F-13
    token, grant = link(world, ada), world.login()
    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.users), "change_password", down("database"))
        with pytest.raises(StoreUnavailableError):
            reset(world, token)
    assert goes_on(world.auth, grant)
    reset(world, token)


def test_an_answer_that_is_lost_is_asked_for_again(world, ada, monkeypatch):
    """The database kept it and could not say so: it is found done, and told once."""
    # F-13
    token = link(world, ada)
    with monkeypatch.context() as broken:
        together = Journal.together
        first = [unheard]
        lose_first = lambda journal: first.pop()(journal) if first else together(journal)  # noqa: E731
        broken.setattr(Journal, "together", lose_first)
        reset(world, token)
    assert world.login(password=NEW)
    assert world.names().count("password_reset") == 1


def test_a_link_that_somebody_else_used_meanwhile(world, ada, monkeypatch):
    """At the last moment: the password is theirs."""
    # RST-1
    token = link(world, ada)
    between(monkeypatch, Journal, "together", lambda: reset(world, token, EVIL))
    with pytest.raises(InvalidCodeError):
        reset(world, token)
    assert world.login(password=EVIL)


@pytest.mark.parametrize("act", ["reset", "delete"])
def test_what_somebody_else_did_is_not_taken_for_this(world, ada, monkeypatch, act):
    """An answer is lost, and by the time of asking again the link is spent, or nobody is there."""
    # F-13
    token, together = link(world, ada), Journal.together
    acts = {
        "reset": lambda: reset(world, token, EVIL),
        "delete": lambda: world.auth.end_user.delete(ada.user_id),
    }

    def fails_once(_journal):
        monkeypatch.setattr(Journal, "together", together)
        acts[act]()
        raise StoreUnavailableError("database")

    monkeypatch.setattr(Journal, "together", fails_once)
    with pytest.raises(InvalidCodeError):
        reset(world, token)


def test_a_hash_that_a_login_upgraded_meanwhile(world, ada, monkeypatch):
    """The password is set over whatever hash there is."""
    # PW-09
    users = world.stores.users
    upgraded = world.auth.reset_password.passwords.hash(Secret(OLD))
    before = users.find(ada.user_id).password_hash
    between(
        monkeypatch,
        type(users),
        "change_password",
        lambda: users.replace_password_hash(ada.user_id, expected_hash=before, new_hash=upgraded),
    )
    reset(world, link(world, ada))
    assert world.login(password=NEW)


@pytest.mark.parametrize("act", ["logout_all", "vanish"])
def test_what_happens_at_the_last_moment_voids_the_link(world, ada, monkeypatch, act):
    """Looked at again in the transaction that spends it."""
    token, users = link(world, ada), type(world.stores.users)
    if act == "vanish":
        monkeypatch.setattr(users, "change_password", _vanished)
    else:
        between(monkeypatch, Journal, "together", lambda: world.auth.end_user.logout_all(ada.user_id))
    with pytest.raises(InvalidCodeError):
        reset(world, token)


def _vanished(*_arguments, **_named):
    raise UserNotFoundError
