"""How a login by e-mail ends: what of before stays, what else is asked for, what a failure leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.audit import Journal
from jwt_auth_core.devices import device_digest
from jwt_auth_core.errors import InvalidCredentialsError, StoreUnavailableError
from jwt_auth_core.flows.account.registration import registration_digest
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.one_time.proof import REGISTRATION, InvalidCodeError, Proof
from jwt_auth_core.vocabulary import Client, Email, Secret
from tests.flows.mailed import ADA, attempt, browser, letter, log_in
from tests.flows.parts import between, down, goes_on, is_over, listed
from tests.flows.proofs import CLIENT


@pytest.fixture
def ada(world):
    """Return a registered user who has verified the address."""
    user = world.register()
    world.stores.verified.keep(user.user_id, Email(ADA))
    return user


def test_a_second_factor_is_asked_for(world, ada):
    """The letter is spent all the same: the challenge goes on without it."""
    challenge = Challenge(Secret("login.abc"), ("totp",), 300)
    open_session = replace(world.auth.login.open_session, second_factor=lambda *_: challenge)
    login, binding = replace(world.auth.login_by_email, open_session=open_session), browser()
    asked = attempt(letter(world, ada, binding), binding)
    assert login(asked, CLIENT) is challenge
    with pytest.raises(InvalidCodeError):
        login(asked, CLIENT)
    assert listed(world, ada.user_id) == []
    assert "login_succeeded" not in world.names()


def test_a_challenge_that_comes_second_is_none(world, ada, monkeypatch):
    """Somebody else spent the letter meanwhile."""
    challenge = Challenge(Secret("login.abc"), ("totp",), 300)
    open_session = replace(world.auth.login.open_session, second_factor=lambda *_: challenge)
    login, binding = replace(world.auth.login_by_email, open_session=open_session), browser()
    made = letter(world, ada, binding)
    between(monkeypatch, type(world.stores.proofs), "take", lambda: log_in(world, made, binding))
    with pytest.raises(InvalidCodeError):
        login(attempt(made, binding), CLIENT)


def test_the_session_of_before_is_replaced(world, ada):
    """As at any login (RF-13)."""
    held, binding = world.login(), browser()
    asked = attempt(letter(world, ada, binding), binding)
    world.auth.login_by_email(asked, CLIENT, held.refresh_token.reveal())
    assert not goes_on(world.auth, held)


def test_a_stranger_who_registered_loses_all(world):
    """Who reads the letter is in; password, sessions, keys and known devices of before are void."""
    # RST-6
    user = world.register()
    thief, create, binding = world.login(), world.auth.api_keys.create, browser()
    create(user.user_id, create.parse({"name": "a program"}), Client())
    grant = log_in(world, letter(world, user, binding), binding)
    assert goes_on(world.auth, grant)
    assert is_over(world.auth, thief)
    assert world.auth.api_keys.list(user.user_id) == []
    devices = world.auth.account_limits.limits.devices.of_user(user.user_id)
    assert devices == [device_digest(grant.device)]
    with pytest.raises(InvalidCredentialsError):
        world.login()
    assert world.stores.verified.has(user.user_id)
    assert [one.reason for one in world.events if one.name == "email_verified"] == ["voided"]


def test_the_browser_that_registered_keeps_what_it_set(world):
    """Its cookie shows that the reader of the letter and who registered are one."""
    # RST-6
    user, binding, known = world.register(), browser(), REGISTRATION.new()
    proof = Proof(REGISTRATION.name, user.user_id, "", Email(ADA), 0)
    world.stores.proofs.put(registration_digest(known, user.user_id), proof, seconds=60)
    log_in(world, letter(world, user, binding), binding, browser=known)
    assert world.login()
    assert [one.reason for one in world.events if one.name == "email_verified"] == ["kept"]


def test_where_the_user_has_signed_in_before_all_is_kept(world):
    """Somebody knew the password there, and now reads the letter; the device goes on under its token."""
    # RST-6
    user, binding = world.register(), browser()
    device = world.login().device
    grant = log_in(world, letter(world, user, binding), binding, device=device)
    assert grant.device == device
    assert world.login()


def test_a_user_who_is_deleted_at_this_moment_gets_nothing(world, monkeypatch):
    """The letter was found a moment ago."""
    user, binding = world.register(), browser()
    made = letter(world, user, binding)
    between(monkeypatch, Journal, "together", lambda: world.auth.end_user.delete(user.user_id))
    with pytest.raises(InvalidCodeError):
        log_in(world, made, binding)


@pytest.mark.limited
def test_a_stopped_password_is_reopened(world, ada):
    """Whoever reads the mailbox is the owner, whatever strangers guessed."""
    # RL-4
    world.stores.database.query("UPDATE auth_accounts SET password_failures = 100")
    binding = browser()
    log_in(world, letter(world, ada, binding), binding)
    assert world.auth.account_limits.standing(ADA).in_a_row == 0
    assert world.login()


def test_a_login_stands_where_the_guesses_of_before_cannot_be_forgotten(world, ada, monkeypatch):
    """It is said in the log."""
    binding = browser()
    made = letter(world, ada, binding)
    monkeypatch.setattr(type(world.auth.account_limits), "reopen", down("redis"))
    assert isinstance(log_in(world, made, binding), Grant)


def test_a_store_that_fails_leaves_the_letter_good(world, ada, monkeypatch):
    """No session is left behind, and the same link is good once more."""
    # F-13
    binding = browser()
    made = letter(world, ada, binding)
    with monkeypatch.context() as broken:
        broken.setattr(type(world.auth.account_limits.limits.devices), "add", down("database"))
        with pytest.raises(StoreUnavailableError):
            log_in(world, made, binding)
    assert listed(world, ada.user_id) == []
    assert isinstance(log_in(world, made, binding), Grant)
