"""How every first factor ends: a session, a challenge, or nothing at all."""

from dataclasses import replace

import pytest

from jwt_auth_core.errors import InvalidCredentialsError
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.vocabulary import Client, Secret
from tests.flows.conftest import PASSWORD
from tests.flows.parts import listed

CHALLENGE = Challenge(Secret("login.abc"), ("totp", "recovery"), 300)


@pytest.fixture
def ada(world):
    """Return a user."""
    return world.register()


def asking(world):
    """Return the opening of sessions for users who all have a second factor."""
    return replace(world.auth.login.open_session, second_factor=lambda *_: CHALLENGE)


def test_a_factor_that_is_right_and_enough_opens_a_session(world, ada):
    """What is answered are its first tokens."""  # RF-13
    opened = world.auth.login.open_session(ada, Client(), is_still_right=lambda _: True)
    assert isinstance(opened, Grant)
    assert listed(world, ada.user_id) == [opened.session_id]


@pytest.mark.parametrize("methods", [("pwd",), ("email",), ("otp", "pwd", "mfa")])
def test_a_session_knows_how_its_user_came_in(world, ada, methods):
    """Its access tokens say so, also after a refresh."""
    open_session = world.auth.login.open_session
    opened = open_session(ada, Client(), is_still_right=lambda _: True, methods=methods)
    for grant in (opened, world.refresh(opened.refresh_token)):
        assert world.auth.claims_of(grant.access_token).amr == frozenset(methods)


def test_a_factor_that_is_not_enough_opens_none(world, ada):
    """The challenge is the answer; the user has no session by it."""
    assert asking(world)(ada, Client(), is_still_right=lambda _: True) is CHALLENGE
    assert listed(world, ada.user_id) == []


def test_a_login_that_is_challenged_did_not_succeed_yet(world, ada):
    """It answers the challenge, and the audit knows of no login."""
    login = replace(world.auth.login, open_session=asking(world))
    attempt = LoginAttempt.parse({"email": ada.email, "password": PASSWORD})
    assert login(attempt, Client()) is CHALLENGE
    assert world.names() == ["user_registered"]


def test_a_wrong_password_is_not_challenged(world, ada):
    """Nobody learns who has a second factor."""  # ENUM-1
    login = replace(world.auth.login, open_session=asking(world))
    with pytest.raises(InvalidCredentialsError):
        login(LoginAttempt.parse({"email": ada.email, "password": "wrong"}), Client())


def test_a_disabled_user_is_asked_for_nothing(world, ada):
    """The account comes before the second factor, whichever the first was."""  # ENUM-1
    disabled = replace(ada, disabled_at=world.now)
    with pytest.raises(InvalidCredentialsError):
        asking(world)(disabled, Client(), is_still_right=lambda _: True)
    assert listed(world, ada.user_id) == []


def test_a_factor_that_is_right_no_more_leaves_no_session(world, ada):
    """What was changed while the session opened counts."""  # RF-11
    with pytest.raises(InvalidCredentialsError):
        world.auth.login.open_session(ada, Client(), is_still_right=lambda _: False)
    assert listed(world, ada.user_id) == []


def test_a_user_who_was_disabled_meanwhile_has_no_session(world, ada):
    """The second look sees the account as it is now, not as it was read."""  # RF-11
    world.auth.end_user.disable(ada.user_id)
    with pytest.raises(InvalidCredentialsError):
        world.auth.login.open_session(ada, Client(), is_still_right=lambda _: True)
    assert listed(world, ada.user_id) == []


def test_a_factor_that_is_two_in_one_is_asked_for_nothing_more(world, ada):
    """A passkey that verified its user is enough, whatever else is enrolled."""
    opened = asking(world)(ada, Client(), is_still_right=lambda _: True, methods=("hwk", "user"))
    assert isinstance(opened, Grant)
    claims = world.auth.tokens.verify(opened.access_token)
    assert (claims.amr, claims.acr) == ({"hwk", "user"}, "aal2")
