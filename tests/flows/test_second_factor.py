"""A login that is challenged, and goes on with a second factor."""

import threading
from dataclasses import replace

import pytest

from jwt_auth_core.errors import AuthError, InvalidInputError
from jwt_auth_core.factors.factor import FactorInvalidError
from jwt_auth_core.flows.password.reauthenticate import Reauthentication
from jwt_auth_core.flows.sessions.challenge import Challenge
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.one_time.challenge import ChallengeInvalidError
from jwt_auth_core.users.verified import EmailUnverifiedError
from jwt_auth_core.vocabulary import Secret
from tests.factors.stories import HERE, Story
from tests.factors.words import Words, enrol, with_words
from tests.flows.conftest import PASSWORD
from tests.flows.parts import change, is_over, listed, opens, process


@pytest.fixture
def story(world):
    """Return the story."""
    return Story(world)


def test_the_password_is_answered_with_a_challenge(story):
    """It names what completes the login; no session is open."""  # OTP-5
    challenge = story.begin()
    assert isinstance(challenge, Challenge)
    assert (challenge.factors, challenge.expires_in) == (("word",), 300)
    assert listed(story.world, story.ada.user_id) == []


def test_the_second_factor_opens_the_session(story):
    """Its tokens say by which two it was opened."""
    grant = story.finish(story.begin())
    claims = story.auth.claims_of(grant.access_token)
    assert (claims.amr, claims.acr) == ({"pwd", "otp", "mfa"}, "aal2")
    assert listed(story.world, story.ada.user_id) == [grant.session_id]
    assert story.world.names()[-1] == "login_succeeded"


def test_what_was_shown_stays_through_refreshes(story):
    """A refresh makes nobody surer, nor less sure."""
    grant = story.world.refresh(story.finish(story.begin()).refresh_token)
    assert story.auth.claims_of(grant.access_token).acr == "aal2"


def test_a_wrong_factor_leaves_the_challenge_good(story):
    """It is written down; the right one opens the session."""
    challenge = story.begin()
    with pytest.raises(FactorInvalidError):
        story.finish(challenge, "black")
    assert story.world.events[-1].name == "second_factor_failed"
    assert story.world.events[-1].reason == "word"
    assert isinstance(story.finish(challenge), Grant)


def test_a_challenge_is_good_for_one_session(story):
    """Spent, it is as if it had never been."""
    challenge = story.begin()
    story.finish(challenge)
    with pytest.raises(ChallengeInvalidError):
        story.finish(challenge, "green")
    assert story.words.words == {"green", "red"}


def test_a_challenge_takes_five_answers(story):
    """After that the login begins anew."""  # OTP-3
    challenge = story.begin()
    for _ in range(5):
        with pytest.raises(FactorInvalidError):
            story.finish(challenge, "black")
    with pytest.raises(ChallengeInvalidError):
        story.finish(challenge)
    assert isinstance(story.finish(story.begin()), Grant)


def test_a_challenge_is_good_for_five_minutes(story):
    """Not a second longer."""
    challenge = story.begin()
    story.world.now += 300
    with pytest.raises(ChallengeInvalidError):
        story.finish(challenge)


@pytest.mark.parametrize("text", ["", "challenge.", "x" * 53, f"ticket.{'a' * 43}", f"challenge.{'a' * 43}"])
def test_what_is_no_challenge_is_refused(story, text):
    """Whatever it looks like."""
    with pytest.raises(ChallengeInvalidError):
        story.finish(Challenge(Secret(text), (), 0))


def test_a_changed_password_voids_what_was_begun_with_the_old_one(story):
    """Also the challenge of a login that was right then."""  # RF-11
    challenge = story.begin()
    change(story.world, story.ada.user_id, is_sure=True)
    with pytest.raises(ChallengeInvalidError):
        story.finish(challenge)


def test_a_password_that_others_wrote_voids_it_too(story):
    """An operator's statement leaves no session version behind."""
    challenge = story.begin()
    story.auth.database.query("UPDATE users SET password_hash = '!' WHERE user_id = %s", (story.ada.user_id,))
    with pytest.raises(ChallengeInvalidError):
        story.finish(challenge)


def test_of_two_answers_to_one_challenge_the_second_spends_nothing(story, monkeypatch):
    """Whoever took the challenge a moment before has the session."""
    challenge = story.begin()
    monkeypatch.setattr(type(story.world.stores.challenges), "take", lambda *_: False)
    with pytest.raises(ChallengeInvalidError):
        story.finish(challenge)
    assert listed(story.world, story.ada.user_id) == []


@pytest.mark.parametrize("verb", ["logout_all", "disable", "delete"])
def test_what_ends_all_sessions_ends_what_was_begun(story, verb):
    """The login goes on no more."""
    challenge = story.begin()
    getattr(story.auth.end_user, verb)(story.ada.user_id)
    with pytest.raises(ChallengeInvalidError):
        story.finish(challenge)


def test_a_password_that_changes_at_the_last_moment_leaves_no_session(story, monkeypatch):
    """The account is looked at once more when the session is there."""  # RF-11
    challenge = story.begin()
    verify = Words.verify

    def late(self, *arguments, **named):
        story.world.auth.end_user.logout_all(story.ada.user_id)
        return verify(self, *arguments, **named)

    monkeypatch.setattr(Words, "verify", late)
    with pytest.raises(ChallengeInvalidError):
        story.finish(challenge)
    assert listed(story.world, story.ada.user_id) == []


def test_another_worker_takes_the_challenge(story):
    """It is in the database of both."""
    challenge = story.begin()
    with process(story.world) as other:
        complete = with_words(other, story.words).factors.complete_login
        fields = {"challenge": challenge.token.reveal(), "word": "red"}
        assert isinstance(complete(complete.parse(fields), HERE), Grant)


def test_of_many_at_once_one_is_right(story):
    """Each with the same word, and a challenge of its own."""
    challenges, found, start = [story.begin() for _ in range(8)], [], threading.Barrier(8)

    def answer(challenge):
        start.wait()
        try:
            story.finish(challenge)
        except AuthError as error:
            found.append(error.code)

    threads = [threading.Thread(target=answer, args=(one,)) for one in challenges]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert found == ["factor_invalid"] * 7
    assert len(listed(story.world, story.ada.user_id)) == 1


def test_a_challenge_knows_the_login_of_its_answer(story):
    """A factor may bind its answers to it, and sees its digest alone."""
    challenge = story.begin()
    story.finish(challenge)
    (digest,) = story.words.challenges
    assert digest not in challenge.token.reveal()


def test_who_logs_in_once_more_shows_the_second_factor_too(story):
    """The new session takes the place of the old one."""
    old = story.finish(story.begin())
    claims, again = story.auth.claims_of(old.access_token), story.auth.reauthenticate
    challenge = again(claims, Reauthentication(Secret(PASSWORD)), HERE)
    assert opens(story.world.auth, old)
    grant = story.finish(challenge, "green")
    assert story.world.names()[-1] == "reauthenticated"
    assert is_over(story.world.auth, old)
    assert listed(story.world, story.ada.user_id) == [grant.session_id]


def test_the_login_brings_a_device_as_any_other(story):
    """It is known from then on, and opens no door by itself."""
    device = story.finish(story.begin()).device
    assert isinstance(story.begin(device=device.reveal()), Challenge)
    again = story.finish(story.begin(device=device.reveal()), "red", device=device.reveal())
    assert again.device == device


@pytest.mark.parametrize("verified", [False, True])
def test_an_address_is_verified_before(story, verified):
    """Where no login goes without, this one goes no further either."""
    complete, verifier = story.auth.factors.complete_login, story.world.stores.verified
    opening = replace(complete.open_session, must_be_verified=verifier)
    complete = replace(complete, open_session=opening)
    if verified:
        verifier.keep(story.ada.user_id, story.ada.email)
    fields = {"challenge": story.begin().token.reveal(), "word": "red"}
    if verified:
        assert isinstance(complete(complete.parse(fields), HERE), Grant)
    else:
        with pytest.raises(EmailUnverifiedError):
            complete(complete.parse(fields), HERE)


def test_at_a_remembered_device_the_password_is_enough(story):
    """For thirty days, and the session says that it was the password alone."""
    first = story.finish(story.begin(), remember_device=True)
    story.world.now += 30 * 86_400 - 1
    grant = story.begin(device=first.device.reveal())
    assert isinstance(grant, Grant)
    assert story.auth.claims_of(grant.access_token).amr == {"pwd"}
    story.world.now += 1
    assert isinstance(story.begin(device=first.device.reveal()), Challenge)


def test_a_device_is_remembered_for_one_user(story):
    """Another one who shares it is asked."""
    device = story.finish(story.begin(), remember_device=True).device
    eve = story.world.register("eve@example.com")
    enrol(story.auth, eve.user_id)
    attempt = {"email": eve.email, "password": PASSWORD, "device": device.reveal()}
    assert isinstance(story.auth.login(LoginAttempt.parse(attempt), HERE), Challenge)


def test_what_ends_all_sessions_forgets_that_devices_were_remembered(story):
    """Whoever signs out everywhere suspects somebody."""
    device = story.finish(story.begin(), remember_device=True).device
    story.auth.end_user.logout_all(story.ada.user_id)
    assert isinstance(story.begin(device=device.reveal()), Challenge)


def test_who_logs_in_once_more_shows_all_also_at_a_remembered_device(story):
    """That a device is remembered is no proof of who sits there."""
    old = story.finish(story.begin(), remember_device=True)
    claims = story.auth.claims_of(old.access_token)
    asked = story.auth.reauthenticate(claims, Reauthentication(Secret(PASSWORD)), HERE)
    assert isinstance(asked, Challenge)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [("challenge", "missing")]),
        ({"challenge": "x"}, [("word", "missing")]),
        ({"challenge": "x", "word": 1}, [("word", "invalid_format")]),
        ({"challenge": "x", "word": "a", "remember_device": "yes"}, [("remember_device", "wrong_type")]),
        ({"challenge": 1, "word": "a", "device": 1}, [("challenge", "wrong_type"), ("device", "wrong_type")]),
    ],
)
def test_what_is_wrong_with_a_request_is_named(story, fields, expected):
    """Every field at once."""
    with pytest.raises(InvalidInputError) as refused:
        story.auth.factors.complete_login.parse(fields)
    assert [(one.field, one.code) for one in refused.value.errors] == expected


def test_two_factors_at_once_are_one_too_many(story):
    """Nobody knows which was meant."""
    other = Words()
    other.field = "other"
    complete = replace(story.auth.factors.complete_login, factors=(story.words, other))
    with pytest.raises(InvalidInputError) as refused:
        complete.parse({"challenge": "x", "word": "a", "other": "b"})
    assert [(one.field, one.code) for one in refused.value.errors] == [("other", "not_together")]
