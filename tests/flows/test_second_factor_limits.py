"""How often a second factor may be wrong."""

import pytest

from jwt_auth_core.errors import AuthError
from jwt_auth_core.flows.sessions.grant import Grant
from jwt_auth_core.rate_limits import RateLimitedError
from tests.factors.stories import Story

pytestmark = [pytest.mark.limited, pytest.mark.usefixtures("guess")]


@pytest.fixture
def story(world):
    """Return the story of a user who has words for second factors."""
    return Story(world)


def wrong(story, challenge, **more):
    """Answer wrongly; return the code of the refusal."""
    with pytest.raises(AuthError) as refused:
        story.finish(challenge, "black", **more)
    return refused.value.code


def test_wrong_factors_count_over_all_logins(story):
    """A new login brings no new tries."""  # OTP-3
    codes = [wrong(story, story.begin()) for _ in range(5)]
    assert codes == ["factor_invalid"] * 5
    with pytest.raises(RateLimitedError):
        story.begin()


def test_right_ones_are_given_back(story):
    """Whoever logs in often is not kept out by it."""
    for word in ("blue", "green", "red"):
        story.words.words = {word}
        story.finish(story.begin(), word)
    story.words.words = {"blue"}
    assert [wrong(story, story.begin()) for _ in range(5)] == ["factor_invalid"] * 5


def test_at_a_known_device_the_owner_has_tries_of_her_own(story):
    """Whoever has the password alone cannot keep her out."""  # RL-4
    device = story.finish(story.begin()).device.reveal()
    for _ in range(5):
        wrong(story, story.begin())
    assert isinstance(story.finish(story.begin(device=device), "red", device=device), Grant)


def test_those_are_counted_too(story):
    """Whoever sits at her device guesses no more than others."""
    device = story.finish(story.begin()).device.reveal()
    challenge = story.begin(device=device)
    codes = [wrong(story, challenge, device=device) for _ in range(6)]
    assert codes == [*["factor_invalid"] * 5, "rate_limited"]


def test_what_only_one_of_two_rules_refuses_is_given_back_to_the_other(story, guess):
    """The account's wait leaves the user's own tries alone."""
    challenge = story.begin()
    for number in range(5):
        assert guess(story.world, f"wrong {number}")[0] == "invalid_credentials"
    with pytest.raises(RateLimitedError) as refused:
        story.finish(challenge)
    assert {one.rule for one in refused.value.refused} == {"account_failures"}
