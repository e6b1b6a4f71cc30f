"""A second factor that is added while a login, or what needs one, is under way: it is asked for (RF-11)."""

from __future__ import annotations

import pytest

from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.errors import TokenInvalidError
from jwt_auth_core.factors import pyotp as driver
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.password.reauthenticate import Reauthentication
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.one_time.challenge import ChallengeInvalidError
from jwt_auth_core.passwords.hasher import Passwords
from tests.factors.apps import HERE, KEYS, AppStory
from tests.flows.conftest import PASSWORD
from tests.flows.parts import between, is_over, listed, opens
from tests.flows.test_second_factor_policy import Newcomer
from tests.passkeys.authenticator import Authenticator

NEW = "another quite long phrase"


@pytest.fixture
def variables(request):
    """Return what encrypts the secrets of apps, and the policy where a test names one."""
    return {"ENCRYPTION_KEYS": KEYS, "PUBLIC_URL": "https://app.example", **getattr(request, "param", {})}


@pytest.fixture
def story(world):
    """Return Ada, who has set an app up, not confirmed yet."""
    story = AppStory(world)
    story.app = story.enrol(name="phone")
    return story


def meanwhile(story, monkeypatch, method="verify"):
    """Have Ada confirm the app just before a password is verified or hashed."""
    between(monkeypatch, Passwords, method, lambda: story.confirm(story.code(story.app)))


def test_a_login_under_way_is_asked_for_it(story, monkeypatch):
    """It began when the password was enough; no session is left of it, and the owner's goes on."""
    # RF-11
    meanwhile(story, monkeypatch)
    challenge = story.begin()
    assert isinstance(challenge, Challenge)
    assert challenge.factors == ("totp", "recovery")
    assert listed(story.world, story.ada.user_id) == [story.claims.session_id]


def test_so_is_one_at_a_remembered_device(story, monkeypatch):
    """Another app voids what was remembered with the first."""
    # RF-11
    codes = story.confirm(story.code(story.app))
    grant = story.go_on(story.begin(), recovery_code=codes[0].reveal(), remember_device=True)
    device = grant.device.reveal()
    assert isinstance(story.begin(device=device), Grant)
    story.log_in(story.app)
    story.app = story.enrol(name="tablet")
    meanwhile(story, monkeypatch)
    assert isinstance(story.begin(device=device), Challenge)


def test_so_is_who_logs_in_once_more(story, monkeypatch):
    """By a session that the change has ended."""
    # RF-11
    other = story.begin()
    meanwhile(story, monkeypatch)
    claims, asked = story.claims_of(other), Reauthentication.parse({"password": PASSWORD})
    assert isinstance(story.auth.reauthenticate(claims, asked, HERE), Challenge)
    assert listed(story.world, story.ada.user_id) == [story.claims.session_id]


def change(story, grant, **fields):
    """Change the password by another session."""
    asked = PasswordChange.parse({"new_password": NEW, **fields})
    return story.auth.change_password(story.ada.user_id, asked, HERE, story.claims_of(grant))


def test_the_old_password_alone_changes_it_no_more(story, monkeypatch):
    """Nor does it end the session of who added the factor."""
    # RF-11
    other = story.begin()
    meanwhile(story, monkeypatch, "hash")
    with pytest.raises(InsufficientAuthenticationError):
        change(story, other, current_password=PASSWORD)
    assert listed(story.world, story.ada.user_id) == [story.claims.session_id]
    assert isinstance(story.begin(), Challenge)


def test_nor_does_a_fresh_login_that_was_just_ended(story, monkeypatch):
    """The session was ended alone: the user's version is what it was."""
    # RF-11
    other = story.begin()
    end = story.auth.revoke_session
    between(monkeypatch, Passwords, "hash", lambda: end(story.ada.user_id, other.session_id))
    with pytest.raises(TokenInvalidError):
        change(story, other)
    assert is_over(story.auth, other)
    assert opens(story.auth, story.begin())


@pytest.mark.parametrize("variables", [{"SECOND_FACTOR": "required"}], indirect=True)
def test_of_two_who_enrol_the_first_factor_one_does(world, monkeypatch):
    """Both know the password; the second app does not come to stand beside the confirmed one."""
    # OTP-4
    story = Newcomer(world)
    owner, thief = story.begin(), story.begin()
    grants = []

    def complete():
        app = story.enrol_by(owner)
        grants.append(story.go_on(owner, totp=story.code(app)))

    between(monkeypatch, driver, "enrolment_uri", complete)
    with pytest.raises(ChallengeInvalidError):
        story.enrol_by(thief)
    assert len(story.listed.apps) == 1
    assert opens(story.auth, grants[0])


@pytest.mark.parametrize("variables", [{"SECOND_FACTOR": "required"}], indirect=True)
def test_what_enrols_shows_nobodys_passkeys(world):
    """It opens nothing but the enrolment."""
    # OTP-5
    story = Newcomer(world)
    register = story.auth.passkeys.register
    made = Authenticator().create(register.options(story.ada.user_id))
    register(story.ada.user_id, register.parse({"passkey": made}), HERE)
    with pytest.raises(ChallengeInvalidError):
        story.auth.passkeys.log_in.options(HERE, story.begin().token)
