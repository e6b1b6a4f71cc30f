"""Recovery codes: for who has lost every other second factor."""

import threading

import pytest

from jwt_auth_core.errors import AuthError, InvalidCredentialsError, InvalidInputError
from jwt_auth_core.factors.factor import FactorInvalidError
from jwt_auth_core.factors.totp import FactorNotFoundError
from jwt_auth_core.flows.password.reauthenticate import Reauthentication
from jwt_auth_core.flows.sessions.grant import Grant
from tests.factors.apps import HERE, KEYS, AppStory
from tests.flows.conftest import PASSWORD


@pytest.fixture
def variables():
    """Return keys that encrypt."""
    return {"ENCRYPTION_KEYS": KEYS}


@pytest.fixture
def story(world):
    """Return Ada, with an app."""
    made = AppStory(world)
    made.app, made.codes = made.enrolled()
    return made


def test_ten_come_with_the_first_factor(story):
    """No two the same, and none of them in the database."""  # REC-1
    texts = {code.reveal() for code in story.codes}
    assert len(texts) == 10
    rows = story.auth.database.query("SELECT digest FROM auth_recovery_codes", fetch="all")
    assert len({row["digest"] for row in rows}) == 10
    assert not any(text.replace("-", "") in str(tuple(row)) for text in texts for row in rows)


def test_one_completes_a_login_once(story):
    """The session says so, and the user is told."""  # REC-1
    code = story.codes[3].reveal()
    claims = story.claims_of(story.go_on(story.begin(), recovery_code=code))
    assert (claims.amr, claims.acr) == ({"pwd", "recovery", "mfa"}, "aal2")
    assert "recovery_code_used" in story.world.names()
    with pytest.raises(FactorInvalidError):
        story.go_on(story.begin(), recovery_code=code)
    assert story.listed.recovery_codes_left == 9


def test_it_is_read_as_people_type_it(story):
    """In lower case, without hyphens, with letters that look like digits."""
    code = story.codes[0].reveal().lower().replace("-", " ").replace("1", "l").replace("0", "o")
    assert isinstance(story.go_on(story.begin(), recovery_code=code), Grant)


def test_those_of_another_user_are_none(story):
    """A digest knows whose it is."""  # REC-1
    eve = AppStory(story.world, "eve@example.com")
    eve.enrolled()
    with pytest.raises(FactorInvalidError):
        eve.go_on(eve.begin(), recovery_code=story.codes[0].reveal())


def test_new_ones_void_the_old(story):
    """All of them."""  # REC-1
    story.log_in(story.app)
    new = story.auth.factors.renew_recovery_codes(story.ada.user_id, HERE, story.claims)
    assert len(new) == 10
    with pytest.raises(FactorInvalidError):
        story.go_on(story.begin(), recovery_code=story.codes[0].reveal())
    assert isinstance(story.go_on(story.begin(), recovery_code=new[0].reveal()), Grant)
    assert "recovery_codes_renewed" in story.world.names()


def test_without_a_factor_there_are_none(world):
    """They would stand for nothing."""
    story = AppStory(world)
    with pytest.raises(FactorNotFoundError):
        story.auth.factors.renew_recovery_codes(story.ada.user_id, HERE, story.claims)


def test_when_none_is_left_the_app_is(story):
    """The challenge names what can complete it."""
    story.auth.database.query("DELETE FROM auth_recovery_codes")
    assert story.begin().factors == ("totp",)


@pytest.mark.slow
def test_of_fifty_at_once_one_is_right(story):
    """With one code, each in a login of its own."""  # REC-1
    challenges, found, start = [story.begin() for _ in range(50)], [], threading.Barrier(50)

    def answer(challenge):
        start.wait()
        try:
            found.append(story.go_on(challenge, recovery_code=story.codes[0].reveal()))
        except AuthError as error:
            found.append(error.code)

    threads = [threading.Thread(target=answer, args=(one,)) for one in challenges]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [one for one in found if isinstance(one, str)] == ["factor_invalid"] * 49


@pytest.mark.parametrize("code", ["", "WZ1J-Q46C", "U" * 24, 7])
def test_what_is_none_is_named(story, code):
    """Before anything is counted."""
    with pytest.raises(InvalidInputError) as refused:
        story.go_on(story.begin(), recovery_code=code)
    assert [(one.field, one.code) for one in refused.value.errors] == [("recovery_code", "invalid_format")]


def test_the_answer_of_another_factor_is_wrong_for_this_one(story):
    """Whatever type it has."""
    for factor in story.auth.factors.complete_login.factors[:2]:  # apps and recovery codes
        assert factor.verify(story.ada.user_id, {"id": "passkey"}, challenge=None) is None


def again(story, **proof):
    """Log in once more, for the session of the last login."""
    flow = story.auth.reauthenticate
    return flow(story.claims, Reauthentication.parse(proof, flow.factors), HERE)


def test_who_logs_in_once_more_may_show_a_second_factor_alone(story):
    """The new session says so: it is one factor; the code is spent and its use told."""
    claims = story.claims_of(again(story, recovery_code=story.codes[0].reveal()))
    assert (claims.amr, claims.acr) == ({"recovery"}, "aal1")
    assert story.listed.recovery_codes_left == 9
    assert {"recovery_code_used", "reauthenticated"} <= set(story.world.names())


def test_password_and_second_factor_together_are_two(story):
    """As at a login, in one request."""
    story.world.now += 60
    claims = story.claims_of(again(story, password=PASSWORD, totp=story.code(story.app)))
    assert (claims.amr, claims.acr) == ({"pwd", "otp", "mfa"}, "aal2")


@pytest.mark.parametrize("proof", [{"totp": "000000"}, {"password": "wrong", "totp": "000000"}])
def test_what_is_wrong_opens_nothing(story, proof):
    """The old session goes on, and it is written down."""
    with pytest.raises(AuthError) as refused:
        again(story, **proof)
    assert refused.value.code == ("invalid_credentials" if "password" in proof else "factor_invalid")
    assert story.world.names()[-1] == "reauthentication_failed"


def test_without_password_and_factor_the_password_is_missed(story):
    """It is the field that every account has."""
    with pytest.raises(InvalidInputError) as refused:
        again(story)
    assert [(one.field, one.code) for one in refused.value.errors] == [("password", "missing")]


def test_a_password_that_changes_meanwhile_leaves_no_session_of_a_factor(story, monkeypatch):
    """Whoever changed it ended all sessions, also one that is just opened."""  # RF-11
    open_session = type(story.auth.reauthenticate.open_session)
    begin = open_session.begin

    def late(self, *arguments, **named):
        grant = begin(self, *arguments, **named)
        story.auth.database.query("UPDATE users SET password_hash = '!'")
        return grant

    monkeypatch.setattr(open_session, "begin", late)
    with pytest.raises(InvalidCredentialsError):
        again(story, recovery_code=story.codes[0].reveal())
