"""What is good in one browser alone: together with its token, and with no other text."""

from __future__ import annotations

import pytest

from jwt_auth_core.flows.identities.round_trip import STATE, RoundTrips
from jwt_auth_core.identities.provider import StateInvalidError
from jwt_auth_core.one_time.browser import BROWSER, browser_digest
from jwt_auth_core.one_time.challenge import (
    BROWSER_CHALLENGE,
    BROWSER_ENROLMENT,
    CHALLENGE,
    ChallengeInvalidError,
    bound_digest,
    challenge_digest,
    is_enrolment,
)
from jwt_auth_core.vocabulary import Secret


def test_a_browsers_token_has_a_digest_and_other_texts_have_none():
    """Whatever a cookie holds."""
    token = BROWSER.new()
    assert browser_digest(token) == BROWSER.digest_of(token.reveal())
    assert [browser_digest(one) for one in (None, Secret(""), Secret("oauth_browser.short"))] == [None] * 3


@pytest.mark.parametrize("purpose", [BROWSER_CHALLENGE, BROWSER_ENROLMENT], ids=["login", "enrolment"])
def test_a_bound_challenge_is_another_in_each_browser(purpose):
    """And none where no browser is known."""
    challenge, mine, other = purpose.new(), BROWSER.new(), BROWSER.new()
    kept = bound_digest(purpose.digest_of(challenge.reveal()), BROWSER.digest_of(mine.reveal()))
    assert challenge_digest(challenge, mine) == kept
    assert challenge_digest(challenge, other) != kept
    for nobody in (None, Secret("oauth_browser.short")):
        with pytest.raises(ChallengeInvalidError):
            challenge_digest(challenge, nobody)
    assert is_enrolment(challenge) == (purpose is BROWSER_ENROLMENT)


def test_an_unbound_challenge_is_the_same_everywhere():
    """And a text that is none is refused."""
    challenge = CHALLENGE.new()
    assert challenge_digest(challenge, BROWSER.new()) == challenge_digest(challenge)
    renamed = Secret(challenge.reveal().replace("challenge.", "browser_challenge."))
    assert challenge_digest(renamed, BROWSER.new()) != challenge_digest(challenge)
    for text in ("", "challenge.", "browser_challenge.x", "enrolment.x"):
        with pytest.raises(ChallengeInvalidError):
            challenge_digest(Secret(text), BROWSER.new())


class Unasked:
    """A store of codes that nobody may ask."""

    def keep(self, *_given: object, **_named: object):
        raise AssertionError

    redeem = keep


def test_a_sign_in_ends_by_its_state_in_its_browser():
    """Anything else is told apart before a store is asked."""
    good, browser = STATE.new().reveal(), BROWSER.new()
    for state, known in (("x", browser), (good, None), (good, Secret("oauth_browser.short"))):
        with pytest.raises(StateInvalidError):
            RoundTrips(Unasked()).end(state, known, provider="acme")
