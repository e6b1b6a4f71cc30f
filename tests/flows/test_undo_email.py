"""A changed address is undone: whatever was changed since, who had the account has it again."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from jwt_auth_core.errors import AuthError, EmailTakenError, InvalidCredentialsError, StoreUnavailableError
from jwt_auth_core.flows.account.void_credentials import VoidCredentials
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.vocabulary import Client, Email, Secret
from tests.flows.addresses import (
    ADA,
    MAIL,
    NEW,
    THIRD,
    address,
    ask,
    changed,
    changes,
    confirm,
    letters,
    token,
    undo,
)
from tests.flows.parts import OLD, between, change, down, is_over
from tests.flows.proofs import NEW as NEW_PASSWORD
from tests.flows.proofs import reset
from tests.flows.test_verify_email_faults import failing_first, losing_first


@pytest.fixture
def variables():
    """Have letters stay in the process."""
    return MAIL


@pytest.fixture
def ada(world):
    """Return a registered user."""
    return world.register()


def test_the_address_of_before_is_back(world, ada):
    """The password is void, and a letter brings a link that sets one."""
    # RST-5
    brought = changed(world, ada)
    undo(world, brought)
    assert address(world, ada) == ADA
    assert world.stores.verified.has(ada.user_id)
    for email in (ADA, NEW):
        with pytest.raises(InvalidCredentialsError):
            world.login(email)
    reset(world, token(world, ADA))
    assert world.login(password=NEW_PASSWORD)
    assert world.names().count("email_change_undone") == 1


def test_whatever_was_changed_since(world, ada):
    """Another password, another address again, sessions, keys, a user who was disabled."""
    # RST-5
    brought, create = changed(world, ada), world.auth.api_keys.create
    thief = world.login(NEW)
    create(ada.user_id, create.parse({"name": "a program"}), Client())
    change(world, ada.user_id, current=OLD)
    changed(world, ada, THIRD)
    world.auth.end_user.disable(ada.user_id)
    undo(world, brought)
    assert address(world, ada) == ADA
    assert is_over(world.auth, thief)
    assert world.auth.api_keys.list(ada.user_id) == []
    world.auth.end_user.enable(ada.user_id)
    for email in (ADA, NEW, THIRD):
        with pytest.raises(InvalidCredentialsError):
            world.login(email, NEW_PASSWORD)


def test_what_letters_brought_since_is_void(world, ada):
    """Links of the other mailbox set no password and no address."""
    # RST-2
    brought = changed(world, ada)
    asked = world.auth.forgot_password
    asked(Email(NEW.lower()), Client(), language="en")
    stolen = token(world, NEW)
    ask(world, ada, THIRD)
    wish = token(world, THIRD)
    undo(world, brought)
    with pytest.raises(InvalidCodeError):
        reset(world, stolen)
    with pytest.raises(InvalidCodeError):
        confirm(world, wish)


def test_an_earlier_change_is_undone_with_the_later_ones(world, ada):
    """The thief's own link, to the address between, is none any more."""
    # RST-5
    mine = changed(world, ada)
    theirs = changed(world, ada, THIRD)
    undo(world, mine)
    with pytest.raises(InvalidCodeError):
        undo(world, theirs)
    assert address(world, ada) == ADA
    assert changes(world) == []


def test_a_later_change_is_undone_alone(world, ada):
    """Whoever had the address between gets it back, and the first owner still has the last word."""
    # RST-5
    mine = changed(world, ada)
    theirs = changed(world, ada, THIRD)
    undo(world, theirs)
    assert address(world, ada) == NEW
    undo(world, mine)
    assert address(world, ada) == ADA


def test_the_link_is_good_for_three_days(world, ada):
    """And once."""
    brought = changed(world, ada)
    world.now += 72 * 3600 - 1
    undo(world, brought)
    with pytest.raises(InvalidCodeError):
        undo(world, brought)
    for text in (Secret("email_undo." + "A" * 43), Secret("x")):
        with pytest.raises(InvalidCodeError):
            undo(world, text)
    again = changed(world, ada)
    world.now += 72 * 3600
    with pytest.raises(InvalidCodeError):
        undo(world, again)


def test_a_letter_that_is_late_brings_what_is_left(world, ada):
    """After the three days it does not go out."""
    ask(world, ada)
    confirm(world, token(world, NEW))
    world.stores.database.query("UPDATE auth_email_changes SET undo_until = %s", (world.now + 1,))
    undo(world, token(world, ADA))
    assert address(world, ada) == ADA
    letters(world)
    ask(world, ada)
    confirm(world, token(world, NEW))
    world.stores.database.query("UPDATE auth_email_changes SET undo_until = %s", (world.now,))
    assert letters(world) == []


def test_the_address_of_before_is_reserved(world, ada):
    """Nobody registers with it, or gets it another way, as long as the change can be undone."""
    grace = world.register("grace@example.com")
    changed(world, ada)
    with pytest.raises(EmailTakenError):
        world.register(ADA)
    ask(world, grace, ADA)
    brought = token(world, ADA)
    with pytest.raises(EmailTakenError):
        confirm(world, brought)
    world.now += 72 * 3600
    assert world.register(ADA)


def test_its_owner_may_have_it_again(world, ada):
    """By asking for it, as for any other."""
    changed(world, ada)
    ask(world, ada, ADA)
    confirm(world, token(world, ADA))
    assert address(world, ada) == ADA


def test_what_was_undone_is_reserved_no_more(world, ada):
    """The other address is free again."""
    undo(world, changed(world, ada))
    assert world.register(NEW)


def test_an_address_that_another_application_gave_away_is_not_taken_back(world, ada):
    """Nothing is changed then, and the link is good when it is free."""
    brought, grace = changed(world, ada), world.register("grace@example.com")
    world.stores.database.query("UPDATE users SET email = %s WHERE user_id = %s", (ADA, grace.user_id))
    with pytest.raises(EmailTakenError):
        undo(world, brought)
    assert address(world, ada) == NEW
    world.auth.end_user.delete(grace.user_id)
    undo(world, brought)
    assert address(world, ada) == ADA


def test_of_many_at_once_one_undoes_it(world, ada):
    """One letter with a link goes out."""
    # RST-1
    brought, answers, begin = changed(world, ada), [], threading.Barrier(50)

    def run():
        begin.wait(60)
        try:
            answers.append(undo(world, brought))
        except AuthError as error:
            answers.append(error)

    threads = [threading.Thread(target=run) for _ in range(50)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert answers.count(None) == 1
    assert address(world, ada) == ADA
    assert [recipient for recipient, _ in letters(world)] == [ADA]


def test_a_user_who_is_gone_gets_nothing_back(world, ada):
    """The link is as one that nobody sent."""
    brought = changed(world, ada)
    world.auth.end_user.delete(ada.user_id)
    with pytest.raises(InvalidCodeError):
        undo(world, brought)


@pytest.mark.parametrize("at", ["void", "find", "cut_off"])
def test_a_user_who_goes_at_this_moment_gets_nothing_back(world, ada, monkeypatch, at):
    """Wherever it is met."""
    brought = changed(world, ada)
    owner, method = (VoidCredentials, "__call__") if at == "void" else (type(world.stores.users), at)
    between(monkeypatch, owner, method, lambda: world.stores.users.delete(ada.user_id))
    with pytest.raises(InvalidCodeError):
        undo(world, brought)


def test_a_letter_about_a_change_that_is_none_any_more_does_not_go_out(world, ada):
    """It was undone before."""
    ask(world, ada)
    confirm(world, token(world, NEW))
    world.stores.database.query("DELETE FROM auth_email_changes")
    assert letters(world) == []


def test_a_change_that_is_undone_at_this_moment_is_none(world, ada, monkeypatch):
    """Its row went while this one was at work."""
    brought = changed(world, ada)
    forget = partial(world.stores.database.query, "DELETE FROM auth_email_changes")
    between(monkeypatch, VoidCredentials, "__call__", forget)
    with pytest.raises(InvalidCodeError):
        undo(world, brought)
    assert address(world, ada) == NEW


def test_a_login_at_this_moment_does_not_stop_it(world, ada, monkeypatch):
    """The hash was stored anew at another cost: it is void all the same."""
    brought = changed(world, ada)
    store = partial(world.stores.database.query, "UPDATE users SET password_hash = 'another'")
    between(monkeypatch, VoidCredentials, "__call__", store)
    undo(world, brought)
    assert address(world, ada) == ADA


def test_a_deletion_that_was_asked_for_since_is_taken_back(world, ada):
    """Whoever asked for it is shut out; the owner is told where its letters go again."""
    # RST-5
    brought = changed(world, ada)
    later = "UPDATE auth_accounts SET deletion_at = %s"
    world.stores.database.query(later, (world.now + 86_400,))
    undo(world, brought)
    assert world.stores.users.find(ada.user_id).deletion_at is None
    assert "deletion_undone" in world.names()


def test_a_store_that_fails_leaves_all_as_it_was(world, ada, monkeypatch):
    """The link is still good."""
    # F-13
    brought = changed(world, ada)
    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.verified), "keep", down("database"))
        with pytest.raises(StoreUnavailableError):
            undo(world, brought)
    assert address(world, ada) == NEW
    undo(world, brought)


def test_an_answer_that_is_lost_is_found(world, ada, monkeypatch):
    """It was done, and is answered as done; the event is told."""
    # F-13
    brought = changed(world, ada)
    losing_first(monkeypatch)
    undo(world, brought)
    assert address(world, ada) == ADA
    assert "email_change_undone" in world.names()


def test_a_try_that_failed_is_not_taken_for_done(world, ada, monkeypatch):
    """The first one failed, and meanwhile the change was forgotten."""
    brought = changed(world, ada)
    query = world.stores.database.query
    failing_first(monkeypatch, lambda: query("DELETE FROM auth_email_changes"))
    with pytest.raises(InvalidCodeError):
        undo(world, brought)
    assert address(world, ada) == NEW
