"""Prove once more who calls: a new session takes the place of the old one, and nothing makes that fresher."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.errors import (
    InvalidCredentialsError,
    InvalidInputError,
    StoreUnavailableError,
    UserNotFoundError,
)
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.password.reauthenticate import Reauthentication
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.passwords import Passwords
from jwt_auth_core.rate_limits.rule import RateLimitedError
from jwt_auth_core.vocabulary import Client, Secret
from tests.flows.parts import NEW, OLD, change, down, goes_on, is_over, listed, opens


def claims_of(world, grant):
    """Return what the access token of a grant says."""
    return world.auth.tokens.verify(grant.access_token)


def again(world, grant, password=OLD, replaces=None):
    """Prove once more who called by the access token of a grant."""
    proof = Reauthentication(Secret(password))
    return world.auth.reauthenticate(claims_of(world, grant), proof, Client("203.0.113.9"), replaces)


@pytest.fixture
def old(world):
    """Return what Ada got when she logged in, an hour ago; her access token was renewed since."""
    world.register()
    grant = world.login()
    world.now += 3600
    return world.refresh(grant.refresh_token)


def test_a_new_session_takes_the_place_of_the_old_one(world, old):
    """Both tokens of the old one are over, whoever shares them: a thief gains nothing."""
    # RF-13
    fresh = again(world, old)
    assert fresh.session_id != old.session_id
    assert is_over(world.auth, old)
    assert opens(world.auth, fresh)
    assert goes_on(world.auth, fresh)
    assert listed(world, fresh.user.user_id) == [fresh.session_id]


def test_the_login_is_of_now(world, old):
    """The old one stays as old as it was, however often it is refreshed."""
    assert claims_of(world, old).auth_time == world.now - 3600
    claims = claims_of(world, again(world, old))
    assert (claims.auth_time, claims.amr, claims.acr) == (world.now, {"pwd"}, "aal1")


def test_other_sessions_go_on_as_they_are(world, old):
    """Of the user's other devices none is ended, and none becomes fresher."""
    elsewhere = world.login()
    again(world, old)
    assert opens(world.auth, elsewhere)
    assert goes_on(world.auth, elsewhere)


def test_the_session_of_the_cookie_ends_too(world, old):
    """A browser whose cookie is of another session than its access token has one session in the end."""
    other = world.login()
    fresh = again(world, old, replaces=other.refresh_token.reveal())
    assert is_over(world.auth, old)
    assert is_over(world.auth, other)
    assert listed(world, fresh.user.user_id) == [fresh.session_id]


def test_the_own_cookie_is_no_second_session(world, old):
    """The old session ends once, for one reason."""
    again(world, old, replaces=old.refresh_token.reveal())
    assert world.names().count("session_ended") == 1


def test_it_is_told(world, old):
    """By an event about the new session, and one about the end of the old one."""
    # LOG-3
    again(world, old)
    ended, told = world.events[-2:]
    assert (ended.name, ended.reason) == ("session_ended", "replaced")
    assert (told.name, told.client.address) == ("reauthenticated", "203.0.113.9")
    assert told.session != ended.session


def test_a_wrong_password_changes_nothing(world, old):
    """Both tokens of the session are as good as before, and the failure is told."""
    with pytest.raises(InvalidCredentialsError):
        again(world, old, password="not my pass phrase")
    assert opens(world.auth, old)
    assert goes_on(world.auth, old)
    assert world.names()[-1] in {"reauthentication_failed", "refresh_succeeded"}
    assert "reauthentication_failed" in world.names()


@pytest.mark.limited
def test_guesses_are_counted_with_those_of_a_password_change(world, old):
    """Five wrong ones in five minutes, wherever; then not even the right one is looked at."""
    # RL-5
    user_id = old.user.user_id
    for wrong in range(5):
        with pytest.raises(InvalidCredentialsError):
            again(world, old, password="wrong") if wrong % 2 else change(world, user_id, current="wrong")
    with pytest.raises(RateLimitedError):
        again(world, old)
    assert opens(world.auth, old)


def test_what_was_right_costs_nothing(world, old):
    """Whoever knows the password may prove it as often as is needed."""
    for _ in range(7):
        old = again(world, old)
    assert opens(world.auth, old)


def test_a_user_who_is_gone_proves_nothing(world, old):
    """Disabled since the token was issued: refused, as by every other route."""
    claims = claims_of(world, old)
    world.auth.end_user.disable(old.user.user_id)
    with pytest.raises(UserNotFoundError):
        world.auth.reauthenticate(claims, Reauthentication(Secret(OLD)), Client())


def test_a_password_that_is_changed_meanwhile_is_wrong(world, old, monkeypatch):
    """Whoever proved the old one while another took its place gets no session (RF-11)."""
    verify, done = Passwords.verify, []

    def and_change(self, password, stored):
        found = verify(self, password, stored)
        if not done:
            done.append(True)
            change(world, old.user.user_id)
        return found

    claims = claims_of(world, old)
    monkeypatch.setattr(Passwords, "verify", and_change)
    with pytest.raises(InvalidCredentialsError):
        world.auth.reauthenticate(claims, Reauthentication(Secret(OLD)), Client())
    assert len(listed(world, old.user.user_id)) == 1


def test_where_no_session_opens_the_old_one_goes_on(world, old, monkeypatch):
    """A store that is down costs nobody the session at hand; the guess was none."""
    sessions = type(world.stores.sessions)
    with monkeypatch.context() as outage:
        outage.setattr(sessions, "open", down("sessions"))
        with pytest.raises(StoreUnavailableError):
            again(world, old)
    assert opens(world.auth, old)
    assert goes_on(world.auth, old)


def test_an_old_session_that_cannot_be_ended_is_no_fresher(world, old, monkeypatch):
    """The new one stands, as at a login; who shares the old one has what they had."""
    with monkeypatch.context() as outage:
        outage.setattr(type(world.stores.users), "end_session", down("users"))
        fresh = again(world, old)
    assert opens(world.auth, fresh)
    refreshed = world.refresh(old.refresh_token)
    assert claims_of(world, refreshed).auth_time == world.now - 3600


def test_a_token_without_a_session_gets_one(world):
    """What your own code issued for a user may name no session, or none of ours: nothing ends."""
    user = world.register()
    for session_id in (None, "of your own"):
        token = world.auth.tokens.issue(subject=user.user_id, session_id=session_id)
        proof = Reauthentication(Secret(OLD))
        grant = world.auth.reauthenticate(world.auth.tokens.verify(token), proof, Client())
        assert opens(world.auth, grant)


def test_a_second_factor_is_asked_for_as_at_a_login(world, old):
    """Then nothing was opened, and nothing ended."""
    asked = Challenge(Secret("a login that is right so far"), ("totp",), 300)
    flow = world.auth.reauthenticate
    strict = replace(flow, open_session=replace(flow.open_session, second_factor=lambda *_: asked))
    assert strict(claims_of(world, old), Reauthentication(Secret(OLD)), Client()) is asked
    assert opens(world.auth, old)
    assert "reauthenticated" not in world.names()


@pytest.mark.parametrize("values", [{}, {"password": None}, {"password": 7}])
def test_a_password_is_needed(values):
    """Anything else names the field."""
    with pytest.raises(InvalidInputError, match="password"):
        Reauthentication.parse(values)


def without_current(world, grant, claims=None):
    """Change the password by a fresh login alone."""
    wanted = PasswordChange.parse({"new_password": NEW})
    found = claims_of(world, grant) if claims is None else claims
    return world.auth.change_password(grant.user.user_id, wanted, Client(), found)


def test_a_fresh_login_changes_the_password(world, old):
    """Without the current one; the new session continues that login, and is no fresher."""
    fresh = again(world, old)
    world.now += 300
    grant = without_current(world, fresh)
    claims = claims_of(world, grant)
    assert (claims.auth_time, claims.amr) == (world.now - 300, {"pwd"})
    assert is_over(world.auth, fresh)
    assert goes_on(world.auth, grant)
    assert world.login(password=NEW)


def test_a_login_of_long_ago_does_not(world, old):
    """Nothing has changed, and the answer says how old it may be."""
    with pytest.raises(InsufficientAuthenticationError) as refused:
        without_current(world, old)
    assert refused.value.max_age == world.settings.fresh_login_seconds == 600
    assert opens(world.auth, old)
    assert world.login(password=OLD)


def test_neither_does_a_token_that_does_not_say(world, old):
    """Not when, or not how: a worker of before issued it, or your own code."""
    user_id, tokens = old.user.user_id, world.auth.tokens
    for said in ({}, {"auth_time": world.now}, {"amr": {"pwd"}}):
        claims = tokens.verify(tokens.issue(subject=user_id, **said))
        with pytest.raises(InsufficientAuthenticationError):
            without_current(world, old, claims)


def test_nor_does_a_call_without_claims(world, old):
    """Whoever calls the use case shows one of the two."""
    wanted = PasswordChange.parse({"new_password": NEW})
    with pytest.raises(InsufficientAuthenticationError):
        world.auth.change_password(old.user.user_id, wanted, Client())


def test_a_surer_login_stays_as_sure(world, old):
    """How the caller was authenticated goes on in the session of the new password."""
    user_id, tokens = old.user.user_id, world.auth.tokens
    proof = {"auth_time": world.now - 5, "amr": {"pwd", "otp", "mfa"}}
    claims = tokens.verify(tokens.issue(subject=user_id, **proof))
    found = claims_of(world, without_current(world, old, claims))
    assert (found.auth_time, found.amr, found.acr) == (world.now - 5, proof["amr"], "aal2")
