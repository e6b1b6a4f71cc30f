"""Limits as they are configured."""

from __future__ import annotations

import pytest

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.rate_limits import Backoff, Rate
from jwt_auth_core.rate_limits.settings import RateLimitSettings
from jwt_auth_core.settings import Settings
from jwt_auth_core.vocabulary import Secret

KEY = "k3q-9vT2xw-Zb7uN4c-PmR8sYd-Lf6hJ1g"


def limits(**variables):
    """Return the limits of an environment."""
    return Settings.from_env({"JWT_KEY": KEY, **variables}).rate_limits


def test_rates_are_read_in_the_notation_of_limits():
    """Several for one rule, or none; what is not set is as documented."""
    found = limits(LIMIT_LOGIN="100/minute;1000/hour", LIMIT_REGISTER="off")
    assert found.login == (Rate(100, 60), Rate(1000, 3600))
    assert found.register == ()
    assert found.codes == (Rate(5, 300),)


def test_the_waits_of_an_account_are_read():
    """In words, or none at all."""
    assert limits().account_backoff == Backoff(60, 3600)
    assert limits(LIMIT_ACCOUNT_BACKOFF="2 minutes doubling to 1 day").account_backoff == Backoff(120, 86_400)
    assert limits(LIMIT_ACCOUNT_BACKOFF="off").account_backoff is None


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("1 minute", "must read like: 1 minute doubling to 1 hour"),
        ("2 hours doubling to 1 hour", "the first no longer than the last"),
    ],
)
def test_what_are_no_waits_is_named(text, limit):
    """With the variable, as all settings are."""
    with pytest.raises(SettingsError, match=f"LIMIT_ACCOUNT_BACKOFF .*{limit}"):
        limits(LIMIT_ACCOUNT_BACKOFF=text)


@pytest.mark.parametrize("value", ["1 minute doubling to 1 hour", 60])
def test_in_python_waits_are_a_backoff(value):
    """Neither a text nor a number."""
    with pytest.raises(SettingsError, match="LIMIT_ACCOUNT_BACKOFF must be a Backoff"):
        Settings(jwt_key=Secret(KEY), rate_limits=RateLimitSettings(account_backoff=value))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("often", "must read like 10/minute"),
        ("10/fortnight", "must be in seconds, minutes"),
        ("0/minute", "must be a whole number from 1 to 1000000"),
        ("1/11 years", "must be from 1 second to"),
    ],
)
def test_what_is_no_rate_is_named(text, limit):
    """With its variable and the limit, together with what else is wrong."""
    with pytest.raises(SettingsError) as caught:
        limits(LIMIT_LOGIN=text, LIMITS="perhaps")
    problems = " ".join(caught.value.problems)
    assert "LIMIT_LOGIN" in problems
    assert limit in problems
    assert "LIMITS must be one of on, off" in problems


@pytest.mark.parametrize("value", ["10/minute", Rate(10, 60), (Rate(10, 60), "5/hour"), None])
def test_in_python_rates_are_a_tuple(value):
    """A text says how it is read."""
    with pytest.raises(SettingsError, match="LIMIT_LOGIN must be a tuple, each a Rate"):
        Settings(jwt_key=Secret(KEY), rate_limits=RateLimitSettings(login=value))
