"""``SECOND_FACTOR=required``: no session opens without a second factor; who has none enrols one there."""

import pytest

from jwt_auth_core.errors import InvalidInputError, SettingsError
from jwt_auth_core.factors.factor import FactorInvalidError
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.one_time.challenge import ChallengeInvalidError
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Client
from tests.factors.apps import KEYS, AppStory
from tests.flows.conftest import KEY, PASSWORD
from tests.flows.parts import change, listed


class Newcomer(AppStory):
    """Ada, who has no factor and needs one."""

    def __init__(self, world):
        self.world, self.auth, self.email = world, world.auth, "ada@example.com"
        self.ada = world.register(self.email)

    def enrol_by(self, challenge, **fields):
        """Set an app up by what a login was answered."""
        enrol = self.auth.factors.enrol_at_login
        return enrol(enrol.parse({"enrolment_token": challenge.token.reveal(), **fields}))


@pytest.fixture
def variables():
    """Return the policy, and keys that encrypt."""
    return {"ENCRYPTION_KEYS": KEYS, "SECOND_FACTOR": "required"}


@pytest.fixture
def story(world):
    """Return Ada."""
    return Newcomer(world)


def test_the_password_alone_opens_no_session(story):
    """It is answered with what enrols a factor."""
    challenge = story.begin()
    assert (challenge.enrols, challenge.factors, challenge.expires_in) == (True, (), 900)
    assert listed(story.world, story.ada.user_id) == []


def test_a_code_of_the_new_app_completes_the_login(story):
    """By both factors; from then on every login asks for it."""
    challenge = story.begin()
    app = story.enrol_by(challenge, name="phone")
    grant = story.go_on(challenge, totp=story.code(app))
    assert story.claims_of(grant).acr == "aal2"
    assert [one.name for one in story.listed.apps] == ["phone"]
    assert story.world.names()[-2:] == ["factor_added", "login_succeeded"]
    assert story.begin().factors == ("totp",)
    assert isinstance(story.log_in(app), Grant)


def test_what_enrols_is_good_once(story):
    """For one session, and not for another app."""
    challenge = story.begin()
    app = story.enrol_by(challenge)
    story.go_on(challenge, totp=story.code(app))
    with pytest.raises(ChallengeInvalidError):
        story.enrol_by(challenge)
    with pytest.raises(ChallengeInvalidError):
        story.go_on(challenge, totp=story.code(app))


def test_another_login_that_began_before_enrols_nothing(story):
    """The account has a factor by then, which is to be shown."""  # OTP-4
    first, second = story.begin(), story.begin()
    story.go_on(first, totp=story.code(story.enrol_by(first)))
    with pytest.raises(ChallengeInvalidError):
        story.enrol_by(second)
    with pytest.raises(ChallengeInvalidError):
        story.go_on(second, totp="000000")


def test_only_a_code_of_the_app_that_waits_completes_it(story):
    """Neither a wrong one, nor one without an app, nor another kind."""
    challenge = story.begin()
    with pytest.raises(FactorInvalidError):
        story.go_on(challenge, totp="000000")
    app = story.enrol_by(challenge)
    with pytest.raises(FactorInvalidError):
        story.go_on(challenge, totp=story.code(app, 5))
    with pytest.raises(FactorInvalidError):
        story.go_on(challenge, recovery_code="0" * 24)
    assert isinstance(story.go_on(challenge, totp=story.code(app)), Grant)


def test_a_changed_password_voids_it(story):
    """As any login that was begun with the old one."""
    challenge = story.begin()
    change(story.world, story.ada.user_id, is_sure=True)
    with pytest.raises(ChallengeInvalidError):
        story.enrol_by(challenge)


def test_a_challenge_of_another_purpose_enrols_nothing(story):
    """Nor does what is none."""  # OTP-5
    challenge = story.begin()
    story.go_on(challenge, totp=story.code(story.enrol_by(challenge)))
    with pytest.raises(ChallengeInvalidError):
        story.enrol_by(story.begin())
    with pytest.raises(InvalidInputError):
        story.auth.factors.enrol_at_login.parse({})


def test_who_has_no_keys_cannot_require_it(world):
    """Nobody could enrol; the message names both settings."""
    from jwt_auth_core.auth import Auth  # noqa: PLC0415

    bare = Settings.from_env({"JWT_KEY": KEY, "DATABASE_URL": "sqlite://", "SECOND_FACTOR": "required"})
    with pytest.raises(SettingsError, match="SECOND_FACTOR=required needs ENCRYPTION_KEYS"):
        Auth.from_settings(bare, stores=world.stores)


def test_a_wrong_password_learns_nothing(story):
    """It is refused as ever."""  # ENUM-1
    attempt = LoginAttempt.parse({"email": story.email, "password": PASSWORD + "!"})
    with pytest.raises(Exception, match="Invalid email or password"):
        story.auth.login(attempt, Client())


def test_a_login_without_a_factor_asks_nothing_about_them(world, monkeypatch):
    """Whether there is one stands in the row that it reads anyway."""
    if world.settings.factors.policy == "required":
        asker = world.auth.login.open_session.second_factor
        object.__setattr__(asker, "is_required", False)
    world.register()
    asked, database = [], type(world.stores.database)
    query = database.query

    def noted(self, sql, *arguments, **named):
        asked.append(sql)
        return query(self, sql, *arguments, **named)

    monkeypatch.setattr(database, "query", noted)
    assert isinstance(world.login(), Grant)
    tables = ("auth_totp", "auth_recovery_codes", "auth_login_challenges", "second_factor", "auth_passkeys")
    assert asked
    assert [sql for sql in asked if any(table in sql for table in tables)] == []
