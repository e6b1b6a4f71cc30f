"""Passkeys as an `Auth` has them, in both storage worlds."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import pytest

from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.errors import RefreshInvalidError, StoreUnavailableError, UserNotFoundError
from jwt_auth_core.flows.passkeys.challenges import LOGIN, Challenges
from jwt_auth_core.flows.passkeys.passkey_login import PasskeyAttempt
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.passkeys.passkey import (
    InvalidPasskeyError,
    PasskeyNotFoundError,
    PasskeyRefusedError,
    TooManyPasskeysError,
)
from jwt_auth_core.vocabulary import Client, Secret
from tests.factors.words import enrol
from tests.flows.parts import down, process
from tests.flows.proofs import link, reset, verify
from tests.passkeys.authenticator import Authenticator

ORIGIN = "https://app.example"
CLIENT = Client("203.0.113.9", None, limit_key="203.0.113.9")


@pytest.fixture
def variables():
    """Return for whom passkeys are; with a mailer users hear of them."""
    return {"PUBLIC_URL": ORIGIN, "MAIL_URL": "memory:", "MAIL_FROM": "shop@app.example"}


@pytest.fixture
def ada(world):
    """Return a user."""
    return world.register()


def add(world, user, device=None):
    """Register a passkey of a user's; return its device."""
    device, register = device or Authenticator(), world.auth.passkeys.register
    asked = {"passkey": device.create(register.options(user.user_id))}
    device.kept = register(user.user_id, register.parse(asked), CLIENT)
    return device


def attempt(world, device):
    """Return what a device answers to options of now."""
    options = world.auth.passkeys.log_in.options(CLIENT)
    return PasskeyAttempt.parse({"passkey": device.get(options)})


def log_in(world, device, flow=None):
    """Log in by the passkey of a device."""
    return (flow or world.auth.passkeys.log_in)(attempt(world, device), CLIENT)


def test_a_passkey_opens_a_session(world, ada):
    """In the transaction in which it is written down."""
    grant = log_in(world, add(world, ada))
    claims = world.auth.tokens.verify(grant.access_token)
    assert (claims.subject, claims.amr, claims.acr) == (ada.user_id, {"hwk", "user"}, "aal2")
    assert world.names() == ["user_registered", "passkey_added", "login_succeeded"]
    assert not isinstance(world.refresh(grant.refresh_token), RefreshInvalidError)


def test_users_are_told_of_their_passkeys(world, ada):
    """Of what was added and of what they removed."""
    device = add(world, ada)
    world.auth.passkeys.remove(ada.user_id, device.kept.passkey_id, CLIENT)
    world.auth.outbox.run()
    subjects = sorted(mail.letter.subject.split(" ")[3] for mail in world.auth.mail.mailer.sent)
    assert subjects == ["added", "removed"]


def test_a_stranger_with_the_letter_voids_those_of_before(world, ada):
    """Whoever registered with somebody else's address keeps no way in, and no letter tells of it."""  # RST-6
    device = add(world, ada)
    verify(world, link(world, ada, "verify"))
    with pytest.raises(PasskeyRefusedError):
        log_in(world, device)
    assert world.auth.passkeys.list(ada.user_id) == []
    (event,) = (event for event in world.events if event.name == "passkey_removed")
    assert (event.reason, event.passkey_id) == ("email_verified", device.kept.passkey_id)
    assert world.auth.outbox.run()[0] > 0
    assert not any("removed" in mail.letter.subject for mail in world.auth.mail.mailer.sent)


def test_those_of_before_a_time_stay(world, ada):
    """For whatever takes back what was added since."""
    old = add(world, ada)
    world.now += 100
    new = add(world, ada)
    assert world.auth.passkeys.remove.all(ada.user_id, since=world.now) == [new.kept.passkey_id]
    assert log_in(world, old)


def test_a_passkey_that_goes_while_it_logs_in_leaves_no_session(world, ada):
    """The last look is at what is kept then."""  # RF-11
    device, flow = add(world, ada), world.auth.passkeys.log_in

    def going(*arguments, **named):
        world.auth.passkeys.remove(ada.user_id, device.kept.passkey_id, CLIENT)
        return flow.open_session(*arguments, **named)

    going.as_one = flow.open_session.as_one
    with pytest.raises(PasskeyRefusedError):
        log_in(world, device, replace(flow, open_session=going))
    assert world.auth.list_sessions(ada.user_id) == []


def test_what_else_is_asked_for_is_handed_on(world, ada):
    """A login that is challenged did not succeed yet."""
    device, flow = add(world, ada), world.auth.passkeys.log_in
    challenge = Challenge(Secret("login.abc"), ("totp",), 300)

    def asking(*_arguments, **_named):
        return challenge

    asking.as_one = flow.open_session.as_one
    assert log_in(world, device, replace(flow, open_session=asking)) is challenge
    assert "login_succeeded" not in world.names()


def test_a_disabled_user_gets_in_no_more(world, ada):
    """And when enabled again the passkey is good."""
    device = add(world, ada)
    world.auth.end_user.disable(ada.user_id)
    with pytest.raises(PasskeyRefusedError):
        log_in(world, device)
    with pytest.raises(UserNotFoundError):
        world.auth.passkeys.register.options(ada.user_id)
    world.auth.end_user.enable(ada.user_id)
    assert log_in(world, device)


def test_a_reset_takes_an_account_back_from_a_stranger(world, ada):
    """Where nobody had proven the address, the passkey is whoever's that registered."""  # RST-6
    device = add(world, ada)
    reset(world, link(world, ada))
    with pytest.raises(PasskeyRefusedError):
        log_in(world, device)


@pytest.mark.parametrize("verb", ["options", "register", "rename", "remove"])
def test_who_has_a_second_factor_shows_it_before_passkeys_change(world, ada, verb):
    """A passkey is both factors: the password alone, at a remembered device, is not enough."""  # OTP-4
    grant, device = world.login(), add(world, ada)
    enrol(world.auth, ada.user_id)
    claims, passkeys = world.auth.tokens.verify(grant.access_token), world.auth.passkeys
    asked = passkeys.register.parse({"passkey": device.create(passkeys.register.options(ada.user_id))})
    calls = {
        "options": lambda: passkeys.register.options(ada.user_id, claims=claims),
        "register": lambda: passkeys.register(ada.user_id, asked, CLIENT, claims=claims),
        "rename": lambda: passkeys.rename(ada.user_id, device.kept.passkey_id, "x", claims=claims),
        "remove": lambda: passkeys.remove(ada.user_id, device.kept.passkey_id, CLIENT, claims=claims),
    }
    with pytest.raises(InsufficientAuthenticationError) as refused:
        calls[verb]()
    assert refused.value.acr_values == "aal2"


def test_a_password_that_was_reset_leaves_passkeys(world, ada):
    """Of an address that was proven before: they are another way in."""
    device = add(world, ada)
    world.stores.verified.keep(ada.user_id, ada.email)
    reset(world, link(world, ada))
    assert log_in(world, device)


def test_a_setting_of_none_lets_nobody_make_one(world, ada):
    """Neither at the options nor afterwards."""
    none = replace(world.auth.passkeys.register, per_user=0)
    with pytest.raises(TooManyPasskeysError):
        none.options(ada.user_id)


def test_a_store_that_is_down_spends_nothing_and_says_so(world, ada, monkeypatch):
    """Whoever asks again gets in."""  # F-13
    device = add(world, ada)
    asked = attempt(world, device)
    flow = world.auth.passkeys.log_in
    with monkeypatch.context() as broken:
        broken.setattr(type(world.stores.one_time), "redeem", down("codes"))
        with pytest.raises(StoreUnavailableError):
            flow(asked, CLIENT)
    assert flow(asked, CLIENT)


def test_a_store_that_cannot_tell_of_one_code_says_so():
    """In a cluster some may be out of reach."""
    error = StoreUnavailableError("redis")
    challenges = Challenges(SimpleNamespace(redeem=lambda _digests: [error]))
    with pytest.raises(StoreUnavailableError):
        challenges.spend(LOGIN, "A" * 43)


def test_a_caller_in_this_process_is_not_limited(world, ada):
    """Nobody stands behind an address."""
    device, flow = add(world, ada), world.auth.passkeys.log_in
    asked = PasskeyAttempt.parse({"passkey": device.get(flow.options(Client()))})
    assert flow(asked, Client())


@pytest.mark.parametrize("challenge", ["", "x", "A" * 42, "A" * 44, "é" * 43])
def test_what_is_no_challenge_is_bound_to_nothing(world, challenge):
    """The store is not asked."""
    assert world.auth.passkeys.register.parts.challenges.spend(LOGIN, challenge) is None


def test_one_who_has_enough_by_now_gets_no_other(world, ada):
    """Though the options were asked for before."""
    device, register = Authenticator(), world.auth.passkeys.register
    asked = register.parse({"passkey": device.create(register.options(ada.user_id)), "name": "n"})
    with pytest.raises(TooManyPasskeysError):
        replace(register, per_user=0)(ada.user_id, asked, CLIENT)


@pytest.mark.parametrize("passkey_id", ["x", "pk_" + "0" * 24])
def test_what_is_not_there_gets_no_name(world, ada, passkey_id):
    """Nor what is no id."""
    add(world, ada)
    with pytest.raises(PasskeyNotFoundError):
        world.auth.passkeys.rename(ada.user_id, passkey_id, "n")


def test_a_passkey_gets_another_name(world, ada):
    """The answer is the passkey as it is now."""
    device = add(world, ada)
    renamed = world.auth.passkeys.rename(ada.user_id, device.kept.passkey_id, "key ring")
    assert renamed == replace(device.kept, name="key ring")


def test_an_answer_to_nothing_is_no_passkey(world, ada):
    """Malformed, of another challenge, of a page elsewhere."""
    register, device = world.auth.passkeys.register, Authenticator(origin="https://evil.example")
    wrong = [{}, Authenticator().create(options_of_nobody()), device.create(register.options(ada.user_id))]
    for answer in wrong:
        with pytest.raises(InvalidPasskeyError):
            register(ada.user_id, register.parse({"passkey": answer}), CLIENT)


def options_of_nobody():
    """Return options that nobody has asked for."""
    return {"challenge": "A" * 43, "user": {"id": "AAAA"}, "rp": {"id": "app.example"}}


def test_of_one_answer_in_two_processes_one_is_good(world, ada):
    """Fifty at once."""  # PK-1
    asked, opened, start = attempt(world, add(world, ada)), [], threading.Barrier(10)

    def log_in_by(flow):
        start.wait()
        for _ in range(5):
            with suppress(PasskeyRefusedError):
                opened.append(flow(asked, Client()))

    with process(world) as other:
        flows = [one.passkeys.log_in for one in (world.auth, other)] * 5
        threads = [threading.Thread(target=log_in_by, args=(flow,)) for flow in flows]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(opened) == 1
