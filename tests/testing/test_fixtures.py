"""The fixtures' parts: a clock to shift, an Auth of the test's own, the events that it hears."""

import time

import pytest

from jwt_auth_asgi.testing import AuthClock, headers_for
from jwt_auth_asgi.testing.recorder import recorded
from jwt_auth_asgi.testing.throwaway import throwaway_auth
from jwt_auth_core import Client, TokenExpiredError
from jwt_auth_core.events import LoggedIn, UserRegistered
from jwt_auth_core.flows.sessions.login import LoginAttempt
from jwt_auth_core.rate_limits import RateLimitedError, Rule, parse_rates
from tests.testing.apps.parts import tokens

ADA = {"email": "ada@example.com", "password": "a long and quiet river"}
NAMES = {"first_name": "Ada", "last_name": "Byron"}


@pytest.fixture
def clock():
    """Return the clock of `made`."""
    return AuthClock()


@pytest.fixture
def made(tmp_path, clock):
    """Return an Auth as the fixture makes it."""
    auth = throwaway_auth(tmp_path, clock)
    yield auth
    auth.close()


def log_in(auth):
    """Register Ada and log her in."""
    auth.register(auth.register.parse({**ADA, **NAMES}), Client())
    return auth.login(LoginAttempt.parse(ADA), Client())


def test_a_clock_begins_now():
    """So that a served process, which has its own, takes the same tokens."""
    before = int(time.time())
    assert before <= AuthClock()() <= time.time()


def test_a_clock_stands_still_until_it_is_shifted():
    """By every unit, also backwards."""
    clock = AuthClock(1_800_000_000)
    clock.shift(days=1, hours=1, minutes=1, seconds=1)
    assert clock() == 1_800_000_000 + 90_061
    clock.shift(days=-1)
    assert repr(clock) == "AuthClock(1800003661)"


def test_its_passwords_are_real_and_cheap(made):
    """A wrong one is wrong; the cost is that of a profile which no setting can name."""
    assert log_in(made).access_token
    row = made.database.query("SELECT password_hash FROM users", fetch="one")
    assert row[0].startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_its_tokens_and_sessions_are_judged_by_the_clock(made, clock):
    """Both run out when it is shifted."""
    grant = log_in(made)
    clock.shift(minutes=15)
    with pytest.raises(TokenExpiredError):
        made.claims_of(grant.access_token)
    clock.shift(days=14)
    (refused,) = made.refresh([grant.refresh_token.reveal()])
    assert refused.code == "refresh_invalid"


@pytest.mark.limited
def test_its_limits_are_counted_by_the_clock(made, clock):
    """What is spent comes back when it is shifted; what is given back or forgotten, at once."""
    rule = Rule("posts", parse_rates("1/hour"))
    made.rate_limits.check(rule, "ada")
    for minutes in (0, 59):
        clock.shift(minutes=minutes)
        with pytest.raises(RateLimitedError):
            made.rate_limits.check(rule, "ada")
    clock.shift(minutes=1)
    taken = made.rate_limits.check(rule, "ada")
    made.rate_limits.give_back(taken)
    assert made.rate_limits.check(rule, "ada")
    made.rate_limits.reset(rule, "ada")
    assert made.rate_limits.check(rule, "ada")


def test_every_auth_has_a_key_of_its_own(made, tmp_path, clock):
    """So that nothing is carried from one test into another."""
    (tmp_path / "other").mkdir()
    other = throwaway_auth(tmp_path / "other", clock)
    other.close()
    assert other.settings.jwt_key != made.settings.jwt_key


def test_events_are_heard_until_the_block_ends(made):
    """In the order in which they happen."""
    with recorded(made) as heard:
        log_in(made)
    made.login(LoginAttempt.parse(ADA), Client())
    assert [type(event) for event in heard] == [UserRegistered, LoggedIn]


def test_tests_that_share_an_auth_hear_their_own_events(made):
    """Each begins with an empty list, and the Auth has one subscriber more, not one a test."""
    log_in(made)
    with recorded(made) as first:
        made.login(LoginAttempt.parse(ADA), Client())
        with recorded(made) as second:
            made.login(LoginAttempt.parse(ADA), Client())
    assert (len(first), len(second)) == (2, 1)


def test_access_tokens_have_no_events():
    """The error says what has."""
    with pytest.raises(TypeError, match="events are those of an Auth, not of an AccessTokens"):
        recorded(tokens).__enter__()


def test_a_made_up_caller_passes(made):
    """By the same key."""
    assert made.claims_of(headers_for(made)["authorization"].removeprefix("Bearer ")).subject
