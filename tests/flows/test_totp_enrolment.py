"""Authenticator apps: set up, and confirmed by a code."""

import pyotp
import pytest

from jwt_auth_core.assurance import InsufficientAuthenticationError
from jwt_auth_core.errors import InvalidInputError
from jwt_auth_core.factors.totp import TooManyFactorsError
from jwt_auth_core.flows.password.change_password import PasswordChange
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.keys.encryption.vault import EncryptionNotConfiguredError
from jwt_auth_core.one_time.proof import InvalidCodeError
from jwt_auth_core.rate_limits import RateLimitedError
from tests.factors.apps import HERE, KEYS, AppStory
from tests.flows.conftest import PASSWORD
from tests.flows.parts import NEW, process


@pytest.fixture
def variables():
    """Return keys that encrypt."""
    return {"ENCRYPTION_KEYS": KEYS}


@pytest.fixture
def story(world):
    """Return Ada, without a factor."""
    return AppStory(world)


@pytest.mark.parametrize("verb", ["enrol", "confirm", "remove", "renew"])
def test_who_changes_factors_has_logged_in_lately(story, verb):
    """Whoever found a browser open has a session, and no more."""  # OTP-4
    app, _ = story.enrolled()
    story.log_in(app)
    story.world.now += story.world.settings.fresh_login_seconds + 1
    with pytest.raises(InsufficientAuthenticationError):
        change(story, verb)


@pytest.mark.parametrize("verb", ["enrol", "confirm", "remove", "renew"])
def test_who_has_a_factor_shows_it_before_changing_them(story, verb):
    """A login by the password alone, at a remembered device, is not enough."""  # OTP-4
    story.enrolled()
    with pytest.raises(InsufficientAuthenticationError) as refused:
        change(story, verb)
    assert refused.value.acr_values == "aal2"


def change(story, verb):
    """Change the second factors in some way."""
    factors, who = story.auth.factors, story.ada.user_id
    if verb == "enrol":
        return story.enrol()
    if verb == "confirm":
        return story.confirm("123456")
    if verb == "remove":
        return factors.remove_totp(who, None, HERE, story.claims)
    return factors.renew_recovery_codes(who, HERE, story.claims)


@pytest.mark.parametrize("current", [PASSWORD, None])
def test_a_changed_password_opens_no_session_by_itself(story, current):
    """Beside a second factor the password alone proves too little; two of them the new session continues."""
    app, _ = story.enrolled()
    asked = PasswordChange.parse({"current_password": current, "new_password": NEW})
    with pytest.raises(InsufficientAuthenticationError) as refused:
        story.auth.change_password(story.ada.user_id, asked, HERE, story.claims)
    assert refused.value.acr_values == "aal2"
    story.log_in(app)
    before, story.world.now = story.claims, story.world.now + 5
    after = story.claims_of(story.auth.change_password(story.ada.user_id, asked, HERE, story.claims))
    assert (after.auth_time, after.amr, after.acr) == (before.auth_time, before.amr, "aal2")


def test_without_claims_nobody_has_shown_a_second_factor(story):
    """Code of the application's hands in those of the caller's access token."""
    story.enrolled()
    asked = PasswordChange.parse({"current_password": PASSWORD, "new_password": NEW})
    with pytest.raises(InsufficientAuthenticationError):
        story.auth.change_password(story.ada.user_id, asked, HERE)


@pytest.mark.parametrize("seconds", [899, 900])
def test_an_app_is_confirmed_within_a_quarter_of_an_hour(story, seconds):
    """After that its secret is good for nothing."""
    app = story.enrol()
    story.world.now += seconds
    object.__setattr__(story.auth.factors.confirm_totp.changes.fresh_login, "max_age_seconds", 3600)
    if seconds < 900:
        assert len(story.confirm(story.code(app))) == 10
    else:
        with pytest.raises(InvalidCodeError):
            story.confirm(story.code(app))


def test_a_later_app_takes_the_place_of_one_that_waits(story):
    """One waits at a time."""
    first, second = story.enrol(), story.enrol()
    with pytest.raises(InvalidCodeError):
        story.confirm(story.code(first))
    assert len(story.confirm(story.code(second))) == 10


def test_a_wrong_code_confirms_nothing(story):
    """Nor does one without an app."""
    with pytest.raises(InvalidCodeError):
        story.confirm("123456")
    app = story.enrol()
    with pytest.raises(InvalidCodeError):
        story.confirm(story.code(app, 5))
    assert isinstance(story.begin(), Grant)


def test_a_user_has_ten_apps_and_no_more(story, monkeypatch):
    """The next one is refused before there is a secret."""
    monkeypatch.setattr("jwt_auth_core.flows.factors.enrol_totp.MOST_APPS", 1)
    app, _ = story.enrolled()
    story.log_in(app)
    with pytest.raises(TooManyFactorsError):
        story.enrol()


def test_without_keys_nothing_is_enrolled(story):
    """The answer names the setting."""
    with (
        process(story.world, encryption_keys=()) as other,
        pytest.raises(EncryptionNotConfiguredError, match="ENCRYPTION_KEYS"),
    ):
        other.factors.enrol_totp(story.ada.user_id, "phone", story.claims)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "\u0661\u0662\u0663\u0664\u0665\u0666"])
def test_a_code_has_six_ascii_digits(story, code):
    """Anything else is named, and not counted."""  # OTP-1
    with pytest.raises(InvalidInputError) as refused:
        story.confirm(code)
    assert [(one.field, one.code) for one in refused.value.errors] == [("code", "invalid_format")]
    with pytest.raises(InvalidInputError):
        story.auth.factors.confirm_totp.parse({"code": 123456})


def test_the_spaces_that_apps_show_are_let_be(story):
    """As they group digits."""
    app = story.enrol()
    code = story.code(app)
    assert len(story.confirm(f"{code[:3]} {code[3:]}")) == 10


def test_a_name_is_checked(story):
    """As that of a person."""
    with pytest.raises(InvalidInputError):
        story.enrol(name="\u202e")
    assert story.enrol().name == "Authenticator app"


@pytest.mark.limited
def test_wrong_codes_at_the_confirmation_are_counted(story):
    """With those of logins."""  # OTP-3
    story.enrol()
    for number in range(5):
        with pytest.raises(InvalidCodeError):
            story.confirm(f"00000{number}")
    with pytest.raises(RateLimitedError):
        story.confirm("000006")


def test_an_app_counts_once_it_was_confirmed(story):
    """Before that a login asks for nothing; what it opened ends with the confirmation."""  # OTP-4, RF-11
    app = story.enrol()
    assert isinstance(story.begin(), Grant)
    story.confirm(story.code(app))
    assert story.begin().factors == ("totp", "recovery")
    names = [event.name for event in story.world.events[-3:]]
    assert names == ["login_succeeded", "factor_added", "session_revoked"]


def test_the_secret_has_160_bits_and_is_shown_as_apps_read_it(story):
    """The link names the service and the address."""  # OTP-1
    app = story.enrol(name="phone")
    parsed = pyotp.parse_uri(app.uri.reveal())
    assert (parsed.secret, parsed.name, parsed.issuer) == (app.secret.reveal(), "ada@example.com", "jwt-auth")
    assert len(parsed.byte_secret()) == 20
    assert app.qr_svg.reveal().startswith("<svg")


def test_the_database_holds_the_secret_encrypted(story):
    """Nobody who reads the row knows the codes."""  # OTP-1
    app = story.enrol()
    (row,) = story.auth.database.query("SELECT * FROM auth_totp", fetch="all")
    assert app.secret.reveal() not in str(tuple(row))
